# Run a command in an unpacked Debian, in a folder of this machine: enter.sh ROOT FOLDER COMMAND
# For `unshare --mount`: the mounts are gone when the command ends.
set -eu
root=$1 folder=$2 command=$3
mkdir -p "$root/proc" "$root/dev" "$root$folder"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$folder" "$root$folder"
exec chroot "$root" /usr/bin/env PATH=/usr/bin HOME=/tmp bash -euo pipefail -c 'cd "$0" && exec bash -euo pipefail -c "$1"' "$folder" "exec $command"
