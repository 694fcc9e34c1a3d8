//! Carries out operations: one JSON object a line on standard input, one response a line.

#[allow(dead_code)]
#[path = "quickstart.rs"]
mod quickstart;

use jsms::apis::{configuration::Configuration, Error};
use jsms::apis::{accounts_api, codes_api, messages_api, receipts_api, schedules_api, signs_api, templates_api};
use jsms::models::{DeliveryReport, ErrorBody, SignReview, TemplateReview, UserReply};
use serde::{de::DeserializeOwned, Serialize};
use serde_json::{from_str, from_value, json, to_value, Value};
use sha1::{Digest, Sha1};
use std::{collections::HashMap, env, fmt::Debug};

type Anything = Result<Value, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() {
    let app = quickstart::connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET");
    let dev = quickstart::connect("JSMS_DEV_KEY", "JSMS_DEV_SECRET");
    for line in std::io::stdin().lines() {
        let asked: Value = from_str(&line.expect("a line")).expect("JSON");
        let response = match carry_out(&asked, &app, &dev).await {
            Ok(response) => response,
            Err(error) => json!({"failure": format!("{error:?}")}),
        };
        println!("{response}");
    }
}

fn read<T: Serialize, E: Debug + 'static>(result: Result<T, Error<E>>) -> Anything {
    match result {
        Ok(value) => Ok(json!({"value": to_value(value)?})),
        Err(Error::ResponseError(refused)) => {
            let code = from_str::<ErrorBody>(&refused.content).ok().map(|body| body.error.code);
            Ok(json!({"status": refused.status.as_u16(), "code": code}))
        }
        Err(error) => Ok(json!({"failure": format!("{error:?}")})),
    }
}

fn body<T: DeserializeOwned>(asked: &Value) -> Result<T, serde_json::Error> {
    from_value(asked["body"].clone())
}

fn text<'a>(fields: &'a Value, name: &str) -> &'a str {
    fields[name].as_str().unwrap_or_default()
}

async fn carry_out(asked: &Value, app: &Configuration, dev: &Configuration) -> Anything {
    let schedule = text(asked, "schedule_id");
    let sign = asked["sign_id"].as_i64().unwrap_or_default();
    match text(asked, "do") {
        "sendCode" => read(codes_api::send_code(app, body(asked)?).await),
        "verifyCode" => read(codes_api::verify_code(app, text(asked, "msg_id"), body(asked)?).await),
        "sendMessage" => read(messages_api::send_message(app, body(asked)?).await),
        "sendMessageBatch" => read(messages_api::send_message_batch(app, body(asked)?).await),
        "createSchedule" => read(schedules_api::create_schedule(app, body(asked)?).await),
        "updateSchedule" => read(schedules_api::update_schedule(app, schedule, body(asked)?).await),
        "getSchedule" => read(schedules_api::get_schedule(app, schedule).await),
        "deleteSchedule" => read(schedules_api::delete_schedule(app, schedule).await),
        "deleteTemplate" => {
            let template = asked["temp_id"].as_i64().unwrap_or_default();
            read(templates_api::delete_template(app, template).await)
        }
        "getAppBalance" => read(accounts_api::get_app_balance(app).await),
        "getDevBalance" => read(accounts_api::get_dev_balance(dev).await),
        "pollReports" => read(receipts_api::poll_reports(app).await),
        "pollReplies" => read(receipts_api::poll_replies(app).await),
        "createSign" => {
            let form = &asked["body"];
            read(
                signs_api::create_sign(
                    app,
                    text(form, "sign"),
                    1,
                    text(form, "legalPersonName"),
                    text(form, "legalPersonIdNumber"),
                    text(form, "idCardImage").into(),
                    text(form, "socialCreditCode"),
                    Some(text(form, "businessLicenseImage").into()),
                    None,
                    None,
                    None,
                    None,
                    None,
                    Some(text(form, "remark")),
                )
                .await,
            )
        }
        "getSign" => read(signs_api::get_sign(app, sign).await),
        "deleteSign" => read(signs_api::delete_sign(app, sign).await),
        "callback" => callback(text(asked, "form")),
        other => Ok(json!({"failure": other})),
    }
}

fn callback(posted: &str) -> Anything {
    let form: HashMap<String, String> = url::form_urlencoded::parse(posted.as_bytes()).into_owned().collect();
    let (key, secret) = (env::var("JSMS_APP_KEY")?, env::var("JSMS_MASTER_SECRET")?);
    let pair = format!("appKey={key}&appMasterSecret={secret}");
    let signed = format!("{pair}&nonce={}&timestamp={}", form["nonce"], form["timestamp"]);
    let digest: String = Sha1::digest(signed).iter().map(|byte| format!("{byte:02x}")).collect();
    // Compare without ending early, so that the time does not tell how much was right.
    let given = form["signature"].to_lowercase();
    let unlike = digest.bytes().zip(given.bytes()).fold(0, |sum, (ours, theirs)| sum | (ours ^ theirs));
    let data = match form["type"].as_str() {
        "SMS_REPORT" => to_value(from_str::<DeliveryReport>(&form["data"])?)?,
        "SMS_REPLY" => to_value(from_str::<UserReply>(&form["data"])?)?,
        "SMS_TEMPLATE" => to_value(from_str::<TemplateReview>(&form["data"])?)?,
        "SMS_SIGN" => to_value(from_str::<SignReview>(&form["data"])?)?,
        other => return Err(other.into()),
    };
    let genuine = unlike == 0 && digest.len() == given.len();
    Ok(json!({"value": {"genuine": genuine, "data": data}}))
}
