using System;
using System.Net.Http;
using Jsms.Api;
using Jsms.Client;
using Jsms.Model;

public static class Quickstart
{
    /// <summary>One HttpClient for the process; one configuration for each pair of credentials.</summary>
    public static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

    public static Configuration Connect(string key, string secret)
    {
        return new Configuration
        {
            BasePath = Environment.GetEnvironmentVariable("JSMS_BASE_URL"),
            Username = Environment.GetEnvironmentVariable(key),
            Password = Environment.GetEnvironmentVariable(secret),
        };
    }

    public static void Run(string mobile)
    {
        var codes = new CodesApi(Http, Connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET"));
        var sent = codes.SendCode(new SendCodeRequest(mobile, 1)).MsgId;
        Console.WriteLine("Sent as " + sent + ". The code?");
        try
        {
            var isValid = codes.VerifyCode(sent, new VerifyCodeRequest(Console.ReadLine())).IsValid;
            Console.WriteLine(isValid ? "right" : "wrong");
        }
        catch (ApiException refused) // status 403; ErrorContent is the body with the error code
        {
            Console.WriteLine("wrong " + refused.ErrorContent);
        }
    }
}
