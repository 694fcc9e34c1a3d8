package example

import java.util.concurrent.TimeUnit
import jsms.apis.CodesApi
import jsms.infrastructure.ClientException
import jsms.models.SendCodeRequest
import jsms.models.VerifyCodeRequest
import okhttp3.Credentials
import okhttp3.OkHttpClient

val baseUrl: String = System.getenv("JSMS_BASE_URL")

/** One HTTP client for each pair of credentials: the generated client keeps its own in static fields. */
fun http(key: String, secret: String): OkHttpClient {
    val basic = Credentials.basic(key, secret)
    return OkHttpClient.Builder()
        .retryOnConnectionFailure(false) // otherwise okhttp sends a POST again when a connection closes: two SMS
        .callTimeout(30, TimeUnit.SECONDS)
        .addInterceptor { it.proceed(it.request().newBuilder().header("Authorization", basic).build()) }
        .build()
}

fun main(arguments: Array<String>) {
    val codes = CodesApi(baseUrl, http(System.getenv("JSMS_APP_KEY"), System.getenv("JSMS_MASTER_SECRET")))
    val sent = codes.sendCode(SendCodeRequest(mobile = arguments[0], tempId = 1)).msgId
    println("Sent as $sent. The code?")
    try {
        val checked = codes.verifyCode(sent, VerifyCodeRequest(code = readln()))
        println(if (checked.isValid == true) "right" else "wrong")
    } catch (refused: ClientException) { // status 403; its response, a ClientError, has the body with the error code
        println("wrong $refused")
    }
}
