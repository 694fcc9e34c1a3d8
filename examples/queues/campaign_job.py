"""Send a campaign from cron or a Kubernetes Job: killed and started again, it continues, and nothing is sent twice.

Install:  pip install jsms-client                       (a journal in PostgreSQL: "jsms-client[sql]" "psycopg[binary]")
Run:      JSMS_APP_KEY=… JSMS_MASTER_SECRET=… JOURNAL=spring.db python campaign_job.py members.csv 1250
Cron:     */10 * * * *  cd /srv/sms && . ./environment && flock -n job python campaign_job.py members.csv 1250
Pods:     kubectl apply --filename campaign_job.yaml
"""

from __future__ import annotations

import os
import sys

from jsms_client import JSMS

with JSMS() as jsms:
    campaign = jsms.campaigns.send(
        sys.argv[1],
        temp_id=int(sys.argv[2]),
        journal=os.environ["JOURNAL"],
        batch_size=int(os.environ.get("BATCH_SIZE", "1000")),  # a kill leaves those in flight unknown: small ones, few
    )
print(campaign.counts)
if campaign.stop:
    sys.exit(campaign.stop.message)  # an exit status that is not 0: cron reports it, and a Job starts it again
