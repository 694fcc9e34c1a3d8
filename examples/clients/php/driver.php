<?php

// Carries out operations: one JSON object a line on standard input, one response a line.

require_once __DIR__ . '/quickstart.php';

use Jsms\Api;
use Jsms\ApiException;
use Jsms\Model;
use Jsms\ObjectSerializer;

const PAYLOADS = [
    'SMS_REPORT' => Model\DeliveryReport::class,
    'SMS_REPLY' => Model\UserReply::class,
    'SMS_TEMPLATE' => Model\TemplateReview::class,
    'SMS_SIGN' => Model\SignReview::class,
];

function callback(string $posted): array
{
    parse_str($posted, $form);
    $signed = 'appKey=' . getenv('JSMS_APP_KEY') . '&appMasterSecret=' . getenv('JSMS_MASTER_SECRET')
        . "&nonce={$form['nonce']}&timestamp={$form['timestamp']}";
    $data = ObjectSerializer::deserialize(json_decode($form['data']), PAYLOADS[$form['type']]);
    return ['genuine' => hash_equals(sha1($signed), strtolower($form['signature'])), 'data' => $data];
}

function carryOut(object $asked, array $app, array $dev): mixed
{
    $body = $asked->body ?? null;
    $read = fn (string $class) => ObjectSerializer::deserialize($body, $class);
    return match ($asked->do) {
        'sendCode' => (new Api\CodesApi(...$app))->sendCode($read(Model\SendCodeRequest::class)),
        'verifyCode' => (new Api\CodesApi(...$app))->verifyCode($asked->msg_id, $read(Model\VerifyCodeRequest::class)),
        'sendMessage' => (new Api\MessagesApi(...$app))->sendMessage($read(Model\SendMessageRequest::class)),
        'sendMessageBatch' => (new Api\MessagesApi(...$app))->sendMessageBatch(
            $read(Model\SendMessageBatchRequest::class)
        ),
        'createSchedule' => (new Api\SchedulesApi(...$app))->createSchedule($read(Model\ScheduleRequest::class)),
        'updateSchedule' => (new Api\SchedulesApi(...$app))->updateSchedule(
            $asked->schedule_id,
            $read(Model\ScheduleRequest::class)
        ),
        'getSchedule' => (new Api\SchedulesApi(...$app))->getSchedule($asked->schedule_id),
        'deleteSchedule' => (new Api\SchedulesApi(...$app))->deleteSchedule($asked->schedule_id),
        'deleteTemplate' => (new Api\TemplatesApi(...$app))->deleteTemplate($asked->temp_id),
        'getAppBalance' => (new Api\AccountsApi(...$app))->getAppBalance(),
        'getDevBalance' => (new Api\AccountsApi(...$dev))->getDevBalance(),
        'pollReports' => (new Api\ReceiptsApi(...$app))->pollReports(),
        'pollReplies' => (new Api\ReceiptsApi(...$app))->pollReplies(),
        'createSign' => (new Api\SignsApi(...$app))->createSign(
            sign: $body->sign,
            type: $body->type,
            legal_person_name: $body->legalPersonName,
            legal_person_id_number: $body->legalPersonIdNumber,
            id_card_image: new SplFileObject($body->idCardImage),
            social_credit_code: $body->socialCreditCode,
            business_license_image: new SplFileObject($body->businessLicenseImage),
            remark: $body->remark,
        ),
        'getSign' => (new Api\SignsApi(...$app))->getSign($asked->sign_id),
        'deleteSign' => (new Api\SignsApi(...$app))->deleteSign($asked->sign_id),
        'callback' => callback($asked->form),
    };
}

function respond(object $asked, array $app, array $dev): array
{
    try {
        return ['value' => carryOut($asked, $app, $dev)];
    } catch (ApiException $error) {
        if ($error->getCode() === 0) { // no response
            return ['failure' => $error->getMessage()];
        }
        $refusal = json_decode((string) $error->getResponseBody());
        return ['status' => $error->getCode(), 'code' => $refusal->error->code ?? null];
    } catch (Throwable $error) {
        return ['failure' => get_class($error) . ': ' . $error->getMessage()];
    }
}

$app = connection(getenv('JSMS_APP_KEY'), getenv('JSMS_MASTER_SECRET'));
$dev = connection(getenv('JSMS_DEV_KEY'), getenv('JSMS_DEV_SECRET'));
while (($line = fgets(STDIN)) !== false) {
    echo json_encode(respond(json_decode($line), $app, $dev), JSON_UNESCAPED_UNICODE), "\n";
}
