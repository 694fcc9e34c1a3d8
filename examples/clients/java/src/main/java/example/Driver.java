package example;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import jsms.ApiClient;
import jsms.ApiException;
import jsms.api.AccountsApi;
import jsms.api.CodesApi;
import jsms.api.MessagesApi;
import jsms.api.ReceiptsApi;
import jsms.api.SchedulesApi;
import jsms.api.SignsApi;
import jsms.api.TemplatesApi;
import jsms.model.DeliveryReport;
import jsms.model.ErrorBody;
import jsms.model.ScheduleRequest;
import jsms.model.SendCodeRequest;
import jsms.model.SendMessageBatchRequest;
import jsms.model.SendMessageRequest;
import jsms.model.SignReview;
import jsms.model.TemplateReview;
import jsms.model.UserReply;
import jsms.model.VerifyCodeRequest;

/** Carries out operations: one JSON object a line on standard input, one response a line. */
class Driver {
  private final ApiClient app = Quickstart.client(System.getenv("JSMS_APP_KEY"), System.getenv("JSMS_MASTER_SECRET"));
  private final ApiClient dev = Quickstart.client(System.getenv("JSMS_DEV_KEY"), System.getenv("JSMS_DEV_SECRET"));
  private final Codec codec = new Codec(app);

  public static void main(String[] arguments) throws Exception {
    Driver driver = new Driver();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(driver.codec.write(driver.respond(driver.codec.parse(line))));
    }
  }

  private Map<String, Object> respond(Map<String, Object> request) {
    Map<String, Object> response = new HashMap<>();
    try {
      response.put("value", codec.tree(carryOut(request, request.get("body"))));
    } catch (ApiException error) {
      if (error.getCode() == 0) {
        response.put("failure", String.valueOf(error));
      } else {
        response.put("status", error.getCode());
        response.put("code", errorCode(error.getResponseBody()));
      }
    } catch (Exception error) {
      response.put("failure", String.valueOf(error));
    }
    return response;
  }

  private Integer errorCode(String body) {
    try {
      return codec.read(body, ErrorBody.class).getError().getCode();
    } catch (IOException error) {
      return null;
    }
  }

  private Object carryOut(Map<String, Object> request, Object body) throws Exception {
    SchedulesApi schedules = new SchedulesApi(app);
    String schedule = (String) request.get("schedule_id");
    switch ((String) request.get("do")) {
      case "sendCode":
        return new CodesApi(app).sendCode(codec.convert(body, SendCodeRequest.class));
      case "verifyCode":
        String id = (String) request.get("msg_id");
        return new CodesApi(app).verifyCode(id, codec.convert(body, VerifyCodeRequest.class));
      case "sendMessage":
        return new MessagesApi(app).sendMessage(codec.convert(body, SendMessageRequest.class));
      case "sendMessageBatch":
        return new MessagesApi(app).sendMessageBatch(codec.convert(body, SendMessageBatchRequest.class));
      case "createSchedule":
        return schedules.createSchedule(codec.convert(body, ScheduleRequest.class));
      case "updateSchedule":
        return schedules.updateSchedule(schedule, codec.convert(body, ScheduleRequest.class));
      case "getSchedule":
        return schedules.getSchedule(schedule);
      case "deleteSchedule":
        schedules.deleteSchedule(schedule);
        return null;
      case "deleteTemplate":
        new TemplatesApi(app).deleteTemplate(number(request, "temp_id"));
        return null;
      case "getAppBalance":
        return new AccountsApi(app).getAppBalance();
      case "getDevBalance":
        return new AccountsApi(dev).getDevBalance();
      case "pollReports":
        return new ReceiptsApi(app).pollReports();
      case "pollReplies":
        return new ReceiptsApi(app).pollReplies();
      case "createSign":
        return createSign((Map<?, ?>) body);
      case "getSign":
        return new SignsApi(app).getSign(number(request, "sign_id"));
      case "deleteSign":
        new SignsApi(app).deleteSign(number(request, "sign_id"));
        return null;
      case "callback":
        return callback((String) request.get("form"));
      default:
        throw new IllegalArgumentException((String) request.get("do"));
    }
  }

  private static long number(Map<String, Object> request, String name) {
    return ((Number) request.get(name)).longValue();
  }

  private Object createSign(Map<?, ?> form) throws ApiException {
    return new SignsApi(app)
        .createSign(
            (String) form.get("sign"),
            ((Number) form.get("type")).intValue(),
            (String) form.get("legalPersonName"),
            (String) form.get("legalPersonIdNumber"),
            new File((String) form.get("idCardImage")),
            (String) form.get("socialCreditCode"),
            new File((String) form.get("businessLicenseImage")),
            null,
            null,
            null,
            null,
            null,
            (String) form.get("remark"));
  }

  private Map<String, Object> callback(String posted) throws IOException, GeneralSecurityException {
    Map<String, String> form = new HashMap<>();
    for (String field : posted.split("&")) {
      String[] parts = field.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    String signed =
        "appKey=" + System.getenv("JSMS_APP_KEY") + "&appMasterSecret=" + System.getenv("JSMS_MASTER_SECRET")
            + "&nonce=" + form.get("nonce") + "&timestamp=" + form.get("timestamp");
    byte[] digest = MessageDigest.getInstance("SHA-1").digest(signed.getBytes(StandardCharsets.UTF_8));
    byte[] given = HexFormat.of().parseHex(form.get("signature"));
    Map<String, Object> read = new HashMap<>();
    read.put("genuine", MessageDigest.isEqual(digest, given));
    read.put("data", codec.tree(codec.read(form.get("data"), payload(form.get("type")))));
    return read;
  }

  private static Class<?> payload(String type) {
    switch (type) {
      case "SMS_REPORT":
        return DeliveryReport.class;
      case "SMS_REPLY":
        return UserReply.class;
      case "SMS_TEMPLATE":
        return TemplateReview.class;
      case "SMS_SIGN":
        return SignReview.class;
      default:
        throw new IllegalArgumentException(type);
    }
  }
}
