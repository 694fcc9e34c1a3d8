package example;

import java.util.List;
import java.util.Scanner;
import jsms.ApiClient;
import jsms.api.CodesApi;
import jsms.auth.HttpBasicAuth;
import jsms.model.SendCodeRequest;
import jsms.model.VerifyCodeRequest;
import okhttp3.OkHttpClient;

class Quickstart {
  /** One client for each pair of credentials. */
  static ApiClient client(String key, String secret) {
    // Without retryOnConnectionFailure(false) okhttp sends a POST again when a connection closes: two SMS.
    ApiClient client = new ApiClient(new OkHttpClient.Builder().retryOnConnectionFailure(false).build());
    for (String scheme : List.of("appAuth", "devAuth")) { // setUsername fills in only one of them
      HttpBasicAuth basic = (HttpBasicAuth) client.getAuthentication(scheme);
      basic.setUsername(key);
      basic.setPassword(secret);
    }
    return client.setBasePath(System.getenv("JSMS_BASE_URL")).setConnectTimeout(5_000).setReadTimeout(30_000);
  }

  public static void main(String[] arguments) throws Exception {
    CodesApi codes = new CodesApi(client(System.getenv("JSMS_APP_KEY"), System.getenv("JSMS_MASTER_SECRET")));
    String sent = codes.sendCode(new SendCodeRequest().mobile(arguments[0]).tempId(1L)).getMsgId();
    System.out.println("Sent as " + sent + ". The code?");
    String typed = new Scanner(System.in).next();
    // A wrong code is an ApiException with status 403; its body has the error code.
    Boolean valid = codes.verifyCode(sent, new VerifyCodeRequest().code(typed)).getIsValid();
    System.out.println(Boolean.TRUE.equals(valid) ? "right" : "wrong");
  }
}
