package example

import com.google.gson.Gson
import com.google.gson.GsonBuilder
import com.google.gson.JsonObject
import com.google.gson.JsonParseException
import com.google.gson.JsonParser
import java.io.File
import java.net.URLDecoder
import java.security.MessageDigest
import jsms.apis.AccountsApi
import jsms.apis.CodesApi
import jsms.apis.MessagesApi
import jsms.apis.ReceiptsApi
import jsms.apis.SchedulesApi
import jsms.apis.SignsApi
import jsms.apis.TemplatesApi
import jsms.infrastructure.ClientError
import jsms.infrastructure.ClientException
import jsms.infrastructure.Serializer
import jsms.infrastructure.ServerError
import jsms.infrastructure.ServerException
import jsms.models.DeliveryReport
import jsms.models.ErrorBody
import jsms.models.ScheduleRequest
import jsms.models.SendCodeRequest
import jsms.models.SendMessageBatchRequest
import jsms.models.SendMessageRequest
import jsms.models.SignReview
import jsms.models.TemplateReview
import jsms.models.UserReply
import jsms.models.VerifyCodeRequest

/** Carries out operations: one JSON object a line on standard input, one response a line. */
object Driver {
    private val app = http(System.getenv("JSMS_APP_KEY"), System.getenv("JSMS_MASTER_SECRET"))
    private val dev = http(System.getenv("JSMS_DEV_KEY"), System.getenv("JSMS_DEV_SECRET"))
    private val json: Gson = Serializer.gson
    private val lines: Gson = GsonBuilder().serializeNulls().create()
    private val codes = CodesApi(baseUrl, app)
    private val messages = MessagesApi(baseUrl, app)
    private val schedules = SchedulesApi(baseUrl, app)
    private val signs = SignsApi(baseUrl, app)
    private val payloads = mapOf(
        "SMS_REPORT" to DeliveryReport::class.java,
        "SMS_REPLY" to UserReply::class.java,
        "SMS_TEMPLATE" to TemplateReview::class.java,
        "SMS_SIGN" to SignReview::class.java,
    )

    @JvmStatic
    fun main(arguments: Array<String>) {
        val input = System.`in`.bufferedReader()
        val output = java.io.PrintStream(System.out, true, Charsets.UTF_8)
        input.forEachLine { output.println(lines.toJson(respond(JsonParser.parseString(it).asJsonObject))) }
    }

    private fun respond(asked: JsonObject): Map<String, Any?> =
        try {
            mapOf("value" to json.toJsonTree(carryOut(asked)))
        } catch (error: ClientException) {
            mapOf("status" to error.statusCode, "code" to errorCode((error.response as ClientError<*>).body))
        } catch (error: ServerException) {
            mapOf("status" to error.statusCode, "code" to errorCode((error.response as ServerError<*>).body))
        } catch (error: Exception) {
            mapOf("failure" to error.toString())
        }

    private fun errorCode(body: Any?): Int? =
        try {
            json.fromJson(body.toString(), ErrorBody::class.java)?.error?.code
        } catch (error: JsonParseException) {
            null
        }

    private inline fun <reified Body> JsonObject.body(): Body = json.fromJson(get("body"), Body::class.java)

    private fun carryOut(asked: JsonObject): Any? {
        val schedule by lazy { asked.get("schedule_id").asString }
        return when (asked.get("do").asString) {
            "sendCode" -> codes.sendCode(asked.body<SendCodeRequest>())
            "verifyCode" -> codes.verifyCode(asked.get("msg_id").asString, asked.body<VerifyCodeRequest>())
            "sendMessage" -> messages.sendMessage(asked.body<SendMessageRequest>())
            "sendMessageBatch" -> messages.sendMessageBatch(asked.body<SendMessageBatchRequest>())
            "createSchedule" -> schedules.createSchedule(asked.body<ScheduleRequest>())
            "updateSchedule" -> schedules.updateSchedule(schedule, asked.body<ScheduleRequest>())
            "getSchedule" -> schedules.getSchedule(schedule)
            "deleteSchedule" -> schedules.deleteSchedule(schedule).let { null }
            "deleteTemplate" -> TemplatesApi(baseUrl, app).deleteTemplate(asked.get("temp_id").asLong).let { null }
            "getAppBalance" -> AccountsApi(baseUrl, app).getAppBalance()
            "getDevBalance" -> AccountsApi(baseUrl, dev).getDevBalance()
            "pollReports" -> ReceiptsApi(baseUrl, app).pollReports()
            "pollReplies" -> ReceiptsApi(baseUrl, app).pollReplies()
            "createSign" -> createSign(asked.getAsJsonObject("body"))
            "getSign" -> signs.getSign(asked.get("sign_id").asLong)
            "deleteSign" -> signs.deleteSign(asked.get("sign_id").asLong).let { null }
            "callback" -> callback(asked.get("form").asString)
            else -> throw IllegalArgumentException(asked.get("do").asString)
        }
    }

    private fun createSign(form: JsonObject) = signs.createSign(
        sign = form.get("sign").asString,
        type = form.get("type").asInt,
        legalPersonName = form.get("legalPersonName").asString,
        legalPersonIdNumber = form.get("legalPersonIdNumber").asString,
        idCardImage = File(form.get("idCardImage").asString),
        socialCreditCode = form.get("socialCreditCode").asString,
        businessLicenseImage = File(form.get("businessLicenseImage").asString),
        remark = form.get("remark").asString,
    )

    private fun callback(posted: String): Map<String, Any?> {
        val form = posted.split("&").associate {
            it.substringBefore("=") to URLDecoder.decode(it.substringAfter("="), Charsets.UTF_8)
        }
        val pair = "appKey=${System.getenv("JSMS_APP_KEY")}&appMasterSecret=${System.getenv("JSMS_MASTER_SECRET")}"
        val signed = "$pair&nonce=${form["nonce"]}&timestamp=${form["timestamp"]}"
        val digest = MessageDigest.getInstance("SHA-1").digest(signed.toByteArray())
        val given = java.util.HexFormat.of().parseHex(form["signature"])
        val data = json.fromJson(form["data"], payloads[form["type"]])
        return mapOf("genuine" to MessageDigest.isEqual(digest, given), "data" to data)
    }
}
