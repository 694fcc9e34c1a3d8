$LOAD_PATH.unshift(File.join(__dir__, 'client', 'lib'))
require 'jsms'
require 'uri'

# libcurl sends a POST again when a connection that it kept closes: two SMS. So it keeps none.
class SendingOnce < JSMS::ApiClient
  def build_request(http_method, path, opts = {})
    super.tap { |request| request.options[:forbid_reuse] = true }
  end
end

# One client for each pair of credentials.
def connect(key, secret)
  configuration = JSMS::Configuration.new
  base = URI(ENV.fetch('JSMS_BASE_URL'))
  configuration.scheme = base.scheme
  configuration.host = "#{base.host}:#{base.port}"
  configuration.base_path = base.path
  configuration.server_index = nil
  configuration.username = key
  configuration.password = secret
  configuration.timeout = 30
  SendingOnce.new(configuration)
end

if __FILE__ == $PROGRAM_NAME
  codes = JSMS::CodesApi.new(connect(ENV.fetch('JSMS_APP_KEY'), ENV.fetch('JSMS_MASTER_SECRET')))
  sent = codes.send_code(JSMS::SendCodeRequest.new(mobile: ARGV[0], temp_id: 1)).msg_id
  puts "Sent as #{sent}. The code?"
  begin
    checked = codes.verify_code(sent, JSMS::VerifyCodeRequest.new(code: $stdin.gets.strip))
    puts checked.is_valid ? 'right' : 'wrong'
  rescue JSMS::ApiError => e # status 403; the body has the error code
    puts "wrong #{e.response_body}"
  end
end
