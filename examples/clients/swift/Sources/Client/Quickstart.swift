import Foundation
import Jsms

/// One configuration for each pair of credentials.
func connect(_ key: String, _ secret: String) -> JsmsAPIConfiguration {
    let variables = ProcessInfo.processInfo.environment
    let pair = Data("\(variables[key] ?? ""):\(variables[secret] ?? "")".utf8)
    return JsmsAPIConfiguration(
        basePath: variables["JSMS_BASE_URL"] ?? "",
        customHeaders: ["Authorization": "Basic \(pair.base64EncodedString())"],
        apiResponseQueue: .global()
    )
}

func quickstart(_ mobile: String) async throws {
    let app = connect("JSMS_APP_KEY", "JSMS_MASTER_SECRET")
    let request = SendCodeRequest(mobile: mobile, tempId: 1)
    let sent = try await CodesAPI.sendCode(sendCodeRequest: request, apiConfiguration: app).msgId.text
    print("Sent as \(sent). The code?")
    let typed = VerifyCodeRequest(code: readLine() ?? "")
    do {
        let checked = try await CodesAPI.verifyCode(msgId: sent, verifyCodeRequest: typed, apiConfiguration: app)
        print(checked.isValid == true ? "right" : "wrong")
    } catch {
        guard case .error(403, let body, _, _) = error else { throw error }
        print("wrong", body.map { String(decoding: $0, as: UTF8.self) } ?? "") // it has the error code
    }
}
