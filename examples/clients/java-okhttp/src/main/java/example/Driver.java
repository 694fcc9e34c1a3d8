package example;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
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
  private final Gson json = app.getJSON().getGson();
  private final Gson lines = new GsonBuilder().serializeNulls().create();

  public static void main(String[] arguments) throws Exception {
    Driver driver = new Driver();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(driver.lines.toJson(driver.respond(JsonParser.parseString(line).getAsJsonObject())));
    }
  }

  private Map<String, Object> respond(JsonObject request) {
    Map<String, Object> response = new HashMap<>();
    try {
      response.put("value", json.toJsonTree(carryOut(request, request.getAsJsonObject("body"))));
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
      return json.fromJson(body, ErrorBody.class).getError().getCode();
    } catch (JsonParseException error) {
      return null;
    }
  }

  private Object carryOut(JsonObject request, JsonObject body) throws Exception {
    SchedulesApi schedules = new SchedulesApi(app);
    String schedule = request.has("schedule_id") ? request.get("schedule_id").getAsString() : null;
    switch (request.get("do").getAsString()) {
      case "sendCode":
        return new CodesApi(app).sendCode(json.fromJson(body, SendCodeRequest.class));
      case "verifyCode":
        String id = request.get("msg_id").getAsString();
        return new CodesApi(app).verifyCode(id, json.fromJson(body, VerifyCodeRequest.class));
      case "sendMessage":
        return new MessagesApi(app).sendMessage(json.fromJson(body, SendMessageRequest.class));
      case "sendMessageBatch":
        return new MessagesApi(app).sendMessageBatch(json.fromJson(body, SendMessageBatchRequest.class));
      case "createSchedule":
        return schedules.createSchedule(json.fromJson(body, ScheduleRequest.class));
      case "updateSchedule":
        return schedules.updateSchedule(schedule, json.fromJson(body, ScheduleRequest.class));
      case "getSchedule":
        return schedules.getSchedule(schedule);
      case "deleteSchedule":
        schedules.deleteSchedule(schedule);
        return null;
      case "deleteTemplate":
        new TemplatesApi(app).deleteTemplate(request.get("temp_id").getAsLong());
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
        return new SignsApi(app)
            .createSign(
                body.get("sign").getAsString(),
                body.get("type").getAsInt(),
                body.get("legalPersonName").getAsString(),
                body.get("legalPersonIdNumber").getAsString(),
                new File(body.get("idCardImage").getAsString()),
                body.get("socialCreditCode").getAsString(),
                new File(body.get("businessLicenseImage").getAsString()),
                null,
                null,
                null,
                null,
                null,
                body.get("remark").getAsString());
      case "getSign":
        return new SignsApi(app).getSign(request.get("sign_id").getAsLong());
      case "deleteSign":
        new SignsApi(app).deleteSign(request.get("sign_id").getAsLong());
        return null;
      case "callback":
        return callback(request.get("form").getAsString());
      default:
        throw new IllegalArgumentException(request.get("do").getAsString());
    }
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
    read.put("data", json.toJsonTree(json.fromJson(form.get("data"), payload(form.get("type")))));
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
