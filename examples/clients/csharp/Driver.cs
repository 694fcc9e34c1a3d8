using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Jsms.Api;
using Jsms.Client;
using Jsms.Model;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

/// <summary>Carries out operations: one JSON object a line on standard input, one response a line.</summary>
public static class Driver
{
    private static readonly Configuration App = Quickstart.Connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET");
    private static readonly Configuration Dev = Quickstart.Connect("JSMS_DEV_KEY", "JSMS_DEV_SECRET");

    public static void Main(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            Quickstart.Run(arguments[0]);
            return;
        }
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        for (var line = input.ReadLine(); line != null; line = input.ReadLine())
        {
            output.WriteLine(JsonConvert.SerializeObject(Respond(JObject.Parse(line))));
        }
    }

    private static object Respond(JObject asked)
    {
        try
        {
            return new Dictionary<string, object> { { "value", CarryOut(asked) } };
        }
        catch (ApiException error)
        {
            if (error.ErrorCode < 400)
            {
                return new Dictionary<string, object> { { "failure", error.ToString() } };
            }
            return new Dictionary<string, object>
            {
                { "status", error.ErrorCode },
                { "code", ErrorCode(error.ErrorContent as string) },
            };
        }
        catch (Exception error)
        {
            return new Dictionary<string, object> { { "failure", error.ToString() } };
        }
    }

    private static int? ErrorCode(string body)
    {
        try
        {
            return JsonConvert.DeserializeObject<ErrorBody>(body).Error.Code;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object CarryOut(JObject asked)
    {
        var http = Quickstart.Http;
        var schedules = new SchedulesApi(http, App);
        var signs = new SignsApi(http, App);
        var schedule = (string)asked["schedule_id"];
        switch ((string)asked["do"])
        {
            case "sendCode":
                return new CodesApi(http, App).SendCode(Body<SendCodeRequest>(asked));
            case "verifyCode":
                return new CodesApi(http, App).VerifyCode((string)asked["msg_id"], Body<VerifyCodeRequest>(asked));
            case "sendMessage":
                return new MessagesApi(http, App).SendMessage(Body<SendMessageRequest>(asked));
            case "sendMessageBatch":
                return new MessagesApi(http, App).SendMessageBatch(Body<SendMessageBatchRequest>(asked));
            case "createSchedule":
                return schedules.CreateSchedule(Body<ScheduleRequest>(asked));
            case "updateSchedule":
                return schedules.UpdateSchedule(schedule, Body<ScheduleRequest>(asked));
            case "getSchedule":
                return schedules.GetSchedule(schedule);
            case "deleteSchedule":
                schedules.DeleteSchedule(schedule);
                return null;
            case "deleteTemplate":
                new TemplatesApi(http, App).DeleteTemplate((long)asked["temp_id"]);
                return null;
            case "getAppBalance":
                return new AccountsApi(http, App).GetAppBalance();
            case "getDevBalance":
                return new AccountsApi(http, Dev).GetDevBalance();
            case "pollReports":
                return new ReceiptsApi(http, App).PollReports();
            case "pollReplies":
                return new ReceiptsApi(http, App).PollReplies();
            case "createSign":
                return CreateSign((JObject)asked["body"]);
            case "getSign":
                return signs.GetSign((long)asked["sign_id"]);
            case "deleteSign":
                signs.DeleteSign((long)asked["sign_id"]);
                return null;
            case "callback":
                return Callback((string)asked["form"]);
            default:
                throw new ArgumentException((string)asked["do"]);
        }
    }

    private static T Body<T>(JObject asked)
    {
        return asked["body"].ToObject<T>();
    }

    private static SavedSign CreateSign(JObject form)
    {
        return new SignsApi(Quickstart.Http, App).CreateSign(
            (string)form["sign"],
            (int)form["type"],
            (string)form["legalPersonName"],
            (string)form["legalPersonIdNumber"],
            Picture((string)form["idCardImage"]),
            (string)form["socialCreditCode"],
            businessLicenseImage: Picture((string)form["businessLicenseImage"]),
            remark: (string)form["remark"]);
    }

    private static FileParameter Picture(string path)
    {
        return new FileParameter(path, "image/png", File.OpenRead(path));
    }

    private static object Callback(string posted)
    {
        var form = posted.Split('&').Select(field => field.Split('=')).ToDictionary(
            parts => parts[0],
            parts => Uri.UnescapeDataString(parts[1].Replace('+', ' ')));
        var pair = "appKey=" + Environment.GetEnvironmentVariable("JSMS_APP_KEY")
            + "&appMasterSecret=" + Environment.GetEnvironmentVariable("JSMS_MASTER_SECRET");
        var signed = pair + "&nonce=" + form["nonce"] + "&timestamp=" + form["timestamp"];
        byte[] digest;
        using (var sha1 = SHA1.Create())
        {
            digest = sha1.ComputeHash(Encoding.UTF8.GetBytes(signed));
        }
        // Compare without ending early, so that the time does not tell how much was right.
        var ours = BitConverter.ToString(digest).Replace("-", string.Empty).ToLowerInvariant();
        var given = form["signature"].ToLowerInvariant();
        var unlike = ours.Length ^ given.Length;
        for (var index = 0; index < Math.Min(ours.Length, given.Length); index++)
        {
            unlike |= ours[index] ^ given[index];
        }
        var payloads = new Dictionary<string, Type>
        {
            { "SMS_REPORT", typeof(DeliveryReport) },
            { "SMS_REPLY", typeof(UserReply) },
            { "SMS_TEMPLATE", typeof(TemplateReview) },
            { "SMS_SIGN", typeof(SignReview) },
        };
        return new Dictionary<string, object>
        {
            { "genuine", unlike == 0 },
            { "data", JsonConvert.DeserializeObject(form["data"], payloads[form["type"]]) },
        };
    }
}
