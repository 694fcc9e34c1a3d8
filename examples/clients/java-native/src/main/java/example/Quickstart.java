package example;

import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Scanner;
import jsms.ApiClient;
import jsms.api.CodesApi;
import jsms.model.SendCodeRequest;
import jsms.model.VerifyCodeRequest;

class Quickstart {
  /** One client for each pair of credentials. */
  static ApiClient client(String key, String secret) {
    byte[] pair = (key + ":" + secret).getBytes(StandardCharsets.UTF_8);
    String basic = "Basic " + Base64.getEncoder().encodeToString(pair);
    HttpClient.Builder http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    ApiClient client = new ApiClient(http, ApiClient.createDefaultObjectMapper(), System.getenv("JSMS_BASE_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", basic));
    return client.setConnectTimeout(Duration.ofSeconds(5)).setReadTimeout(Duration.ofSeconds(30));
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
