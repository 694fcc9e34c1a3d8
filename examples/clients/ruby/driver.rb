# Carries out operations: one JSON object a line on standard input, one response a line.
require_relative 'quickstart'
require 'openssl'

APP = connect(ENV.fetch('JSMS_APP_KEY'), ENV.fetch('JSMS_MASTER_SECRET'))
DEV = connect(ENV.fetch('JSMS_DEV_KEY'), ENV.fetch('JSMS_DEV_SECRET'))
PAYLOADS = {
  'SMS_REPORT' => JSMS::DeliveryReport,
  'SMS_REPLY' => JSMS::UserReply,
  'SMS_TEMPLATE' => JSMS::TemplateReview,
  'SMS_SIGN' => JSMS::SignReview
}.freeze

def carry_out(asked)
  body = asked['body']
  case asked['do']
  when 'sendCode' then JSMS::CodesApi.new(APP).send_code(JSMS::SendCodeRequest.build_from_hash(body))
  when 'verifyCode'
    JSMS::CodesApi.new(APP).verify_code(asked['msg_id'], JSMS::VerifyCodeRequest.build_from_hash(body))
  when 'sendMessage' then JSMS::MessagesApi.new(APP).send_message(JSMS::SendMessageRequest.build_from_hash(body))
  when 'sendMessageBatch'
    JSMS::MessagesApi.new(APP).send_message_batch(JSMS::SendMessageBatchRequest.build_from_hash(body))
  when 'createSchedule' then JSMS::SchedulesApi.new(APP).create_schedule(JSMS::ScheduleRequest.build_from_hash(body))
  when 'updateSchedule'
    JSMS::SchedulesApi.new(APP).update_schedule(asked['schedule_id'], JSMS::ScheduleRequest.build_from_hash(body))
  when 'getSchedule' then JSMS::SchedulesApi.new(APP).get_schedule(asked['schedule_id'])
  when 'deleteSchedule' then JSMS::SchedulesApi.new(APP).delete_schedule(asked['schedule_id'])
  when 'deleteTemplate' then JSMS::TemplatesApi.new(APP).delete_template(asked['temp_id'])
  when 'getAppBalance' then JSMS::AccountsApi.new(APP).get_app_balance
  when 'getDevBalance' then JSMS::AccountsApi.new(DEV).get_dev_balance
  when 'pollReports' then JSMS::ReceiptsApi.new(APP).poll_reports
  when 'pollReplies' then JSMS::ReceiptsApi.new(APP).poll_replies
  when 'createSign' then create_sign(body)
  when 'getSign' then JSMS::SignsApi.new(APP).get_sign(asked['sign_id'])
  when 'deleteSign' then JSMS::SignsApi.new(APP).delete_sign(asked['sign_id'])
  when 'callback' then callback(asked['form'])
  else raise ArgumentError, asked['do']
  end
end

def create_sign(form)
  JSMS::SignsApi.new(APP).create_sign(
    form['sign'], form['type'], form['legalPersonName'], form['legalPersonIdNumber'],
    File.new(form['idCardImage']), form['socialCreditCode'],
    business_license_image: File.new(form['businessLicenseImage']), remark: form['remark']
  )
end

def callback(posted)
  form = URI.decode_www_form(posted).to_h
  pair = "appKey=#{ENV.fetch('JSMS_APP_KEY')}&appMasterSecret=#{ENV.fetch('JSMS_MASTER_SECRET')}"
  digest = OpenSSL::Digest::SHA1.hexdigest("#{pair}&nonce=#{form['nonce']}&timestamp=#{form['timestamp']}")
  {
    genuine: OpenSSL.secure_compare(digest, form['signature'].downcase),
    data: PAYLOADS.fetch(form['type']).build_from_hash(JSON.parse(form['data'])).to_hash
  }
end

def plain(value)
  return value.map { |one| plain(one) } if value.is_a?(Array)

  value.respond_to?(:to_hash) ? value.to_hash : value
end

def error_code(body)
  JSON.parse(body).dig('error', 'code')
rescue JSON::ParserError
  nil
end

def respond(asked)
  { value: plain(carry_out(asked)) }
rescue JSMS::ApiError => e
  e.code.to_i.zero? ? { failure: e.message } : { status: e.code, code: error_code(e.response_body) }
rescue StandardError => e
  { failure: e.inspect }
end

$stdin.each_line do |line|
  puts JSON.generate(respond(JSON.parse(line)))
  $stdout.flush
end
