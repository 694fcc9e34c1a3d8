import Foundation
import Jsms

/// Carries out operations: one JSON object a line on standard input, one response a line.
@main
struct Driver {
    let app = connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET")
    let dev = connect("JSMS_DEV_KEY", "JSMS_DEV_SECRET")

    static func main() async throws {
        setvbuf(stdout, nil, _IOLBF, 0)
        if CommandLine.arguments.count > 1 {
            return try await quickstart(CommandLine.arguments[1])
        }
        let driver = Driver()
        while let line = readLine() {
            let asked = try Asked(JSONSerialization.jsonObject(with: Data(line.utf8)))
            let response = try JSONSerialization.data(withJSONObject: await driver.respond(asked))
            print(String(decoding: response, as: UTF8.self))
        }
    }

    func respond(_ asked: Asked) async -> [String: Any] {
        do {
            return ["value": try await carryOut(asked)]
        } catch ErrorResponse.error(let status, let body, _, _) where status >= 400 {
            let refusal = body.flatMap { try? JSONDecoder().decode(ErrorBody.self, from: $0) }
            return ["status": status, "code": refusal?.error.code ?? NSNull()]
        } catch {
            return ["failure": "\(error)"]
        }
    }

    func carryOut(_ asked: Asked) async throws -> Any {
        switch asked.operation {
        case "sendCode":
            return try json(await CodesAPI.sendCode(sendCodeRequest: asked.body(), apiConfiguration: app))
        case "verifyCode":
            let id = asked.id("msg_id")
            return try json(
                await CodesAPI.verifyCode(msgId: id, verifyCodeRequest: asked.body(), apiConfiguration: app))
        case "sendMessage":
            return try json(await MessagesAPI.sendMessage(sendMessageRequest: asked.body(), apiConfiguration: app))
        case "sendMessageBatch":
            return try json(
                await MessagesAPI.sendMessageBatch(sendMessageBatchRequest: asked.body(), apiConfiguration: app))
        case "createSchedule":
            return try json(await SchedulesAPI.createSchedule(scheduleRequest: asked.body(), apiConfiguration: app))
        case "updateSchedule":
            let id = asked.id("schedule_id")
            return try json(
                await SchedulesAPI.updateSchedule(scheduleId: id, scheduleRequest: asked.body(), apiConfiguration: app))
        case "getSchedule":
            return try json(
                await SchedulesAPI.getSchedule(scheduleId: asked.id("schedule_id"), apiConfiguration: app))
        case "deleteSchedule":
            try await SchedulesAPI.deleteSchedule(scheduleId: asked.id("schedule_id"), apiConfiguration: app)
        case "deleteTemplate":
            try await TemplatesAPI.deleteTemplate(tempId: asked.number("temp_id"), apiConfiguration: app)
        case "getAppBalance":
            return try json(await AccountsAPI.getAppBalance(apiConfiguration: app))
        case "getDevBalance":
            return try json(await AccountsAPI.getDevBalance(apiConfiguration: dev))
        case "pollReports":
            return try json(await ReceiptsAPI.pollReports(apiConfiguration: app))
        case "pollReplies":
            return try json(await ReceiptsAPI.pollReplies(apiConfiguration: app))
        case "createSign":
            return try json(await createSign(asked.fields["body"] as? [String: Any] ?? [:]))
        case "getSign":
            return try json(await SignsAPI.getSign(signId: asked.number("sign_id"), apiConfiguration: app))
        case "deleteSign":
            try await SignsAPI.deleteSign(signId: asked.number("sign_id"), apiConfiguration: app)
        case "callback":
            return try callback(asked.id("form"))
        default:
            throw Unknown(operation: asked.operation)
        }
        return NSNull()
    }

    func createSign(_ form: [String: Any]) async throws -> SavedSign {
        let text = { (name: String) in form[name] as? String ?? "" }
        let file = { (name: String) in URL(fileURLWithPath: text(name)) }
        return try await SignsAPI.createSign(
            sign: text("sign"), type: form["type"] as? Int ?? 0, legalPersonName: text("legalPersonName"),
            legalPersonIdNumber: text("legalPersonIdNumber"), idCardImage: file("idCardImage"),
            socialCreditCode: text("socialCreditCode"), businessLicenseImage: file("businessLicenseImage"),
            remark: text("remark"), apiConfiguration: app)
    }

    func callback(_ posted: String) throws -> [String: Any] {
        let decoded = posted.replacingOccurrences(of: "+", with: "%20")
        var parts = URLComponents()
        parts.percentEncodedQuery = decoded
        let form = Dictionary((parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { first, _ in first }
        let variables = ProcessInfo.processInfo.environment
        let pair = "appKey=\(variables["JSMS_APP_KEY"] ?? "")&appMasterSecret=\(variables["JSMS_MASTER_SECRET"] ?? "")"
        let digest = sha1(Data("\(pair)&nonce=\(form["nonce"] ?? "")&timestamp=\(form["timestamp"] ?? "")".utf8))
        let given = Data((form["signature"] ?? "").lowercased().utf8)
        // Every character is compared: how long it takes says nothing of the right signature.
        let difference = zip(digest.utf8, given).reduce(0) { $0 | ($1.0 ^ $1.1) }
        let data = Data((form["data"] ?? "").utf8)
        return ["genuine": given.count == 40 && difference == 0, "data": try payload(form["type"] ?? "", data)]
    }

    func payload(_ type: String, _ data: Data) throws -> Any {
        let decoder = JSONDecoder()
        switch type {
        case "SMS_REPORT": return try json(decoder.decode(DeliveryReport.self, from: data))
        case "SMS_REPLY": return try json(decoder.decode(UserReply.self, from: data))
        case "SMS_TEMPLATE": return try json(decoder.decode(TemplateReview.self, from: data))
        case "SMS_SIGN": return try json(decoder.decode(SignReview.self, from: data))
        default: throw Unknown(operation: type)
        }
    }

    func json(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }
}

struct Unknown: Error {
    let operation: String
}

struct Asked {
    let fields: [String: Any]
    var operation: String { id("do") }

    init(_ read: Any) {
        fields = read as? [String: Any] ?? [:]
    }

    func id(_ name: String) -> String { fields[name] as? String ?? "" }

    func number(_ name: String) -> Int64 { (fields[name] as? NSNumber)?.int64Value ?? 0 }

    func body<Body: Decodable>() throws -> Body {
        try JSONDecoder().decode(Body.self, from: JSONSerialization.data(withJSONObject: fields["body"] ?? [:]))
    }
}

/// SHA-1 in hexadecimal; Apple's systems have it in CryptoKit.
func sha1(_ message: Data) -> String {
    var bytes = [UInt8](message) + [0x80]
    bytes += [UInt8](repeating: 0, count: (120 - bytes.count % 64) % 64)
    bytes += withUnsafeBytes(of: UInt64(message.count * 8).bigEndian, Array.init)
    var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    func rotated(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }
    for start in stride(from: 0, to: bytes.count, by: 64) {
        var words = (0..<16).map { word in
            (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[start + word * 4 + $1]) }
        }
        for index in 16..<80 {
            words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let (mixed, constant): (UInt32, UInt32)
            switch index / 20 {
            case 0: (mixed, constant) = (b & c | ~b & d, 0x5A82_7999)
            case 1: (mixed, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
            case 2: (mixed, constant) = (b & c | b & d | c & d, 0x8F1B_BCDC)
            default: (mixed, constant) = (b ^ c ^ d, 0xCA62_C1D6)
            }
            (a, b, c, d, e) = (rotated(a, 5) &+ mixed &+ e &+ constant &+ words[index], a, rotated(b, 30), c, d)
        }
        state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
    }
    return state.map { String(format: "%08x", $0) }.joined()
}
