use jsms::apis::{codes_api, configuration::Configuration, Error};
use jsms::models::{SendCodeRequest, VerifyCodeRequest};
use std::{env, time::Duration};

/// One configuration for each pair of credentials.
pub fn connect(key: &str, secret: &str) -> Configuration {
    let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(30));
    Configuration {
        base_path: env::var("JSMS_BASE_URL").expect("JSMS_BASE_URL"),
        basic_auth: Some((env::var(key).expect(key), env::var(secret).ok())),
        client: http.build().expect("an HTTP client"),
        ..Configuration::default()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET");
    let mobile = env::args().nth(1).expect("a mobile number");
    let sent = codes_api::send_code(&app, SendCodeRequest::new(mobile, 1)).await?.msg_id.0;
    println!("Sent as {sent}. The code?");
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed)?;
    match codes_api::verify_code(&app, &sent, VerifyCodeRequest::new(typed.trim().into())).await {
        Ok(checked) if checked.is_valid == Some(true) => println!("right"),
        Ok(_) => println!("wrong"),
        // Status 403; the content has the error code.
        Err(Error::ResponseError(refused)) => println!("wrong {}", refused.content),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
