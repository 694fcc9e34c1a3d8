<?php

require_once is_dir(__DIR__ . '/vendor') ? __DIR__ . '/vendor/autoload.php' : __DIR__ . '/autoload.php';

use Jsms\Api\CodesApi;
use Jsms\ApiException;
use Jsms\Configuration;
use Jsms\Model\SendCodeRequest;
use Jsms\Model\VerifyCodeRequest;

/** What each Api takes: an HTTP client, and one pair of credentials. */
function connection(string $key, string $secret): array
{
    // libcurl sends a POST again when a connection that it kept closes: two SMS. So it keeps none.
    $http = new GuzzleHttp\Client([
        'connect_timeout' => 5,
        'timeout' => 30,
        'curl' => [CURLOPT_FORBID_REUSE => true],
    ]);
    $configuration = (new Configuration())->setUsername($key)->setPassword($secret);
    return [$http, $configuration->setHost(getenv('JSMS_BASE_URL'))];
}

if (realpath($argv[0]) === __FILE__) {
    $codes = new CodesApi(...connection(getenv('JSMS_APP_KEY'), getenv('JSMS_MASTER_SECRET')));
    $sent = $codes->sendCode(new SendCodeRequest(['mobile' => $argv[1], 'temp_id' => 1]))->getMsgId();
    echo "Sent as $sent. The code?\n";
    $typed = trim(fgets(STDIN));
    try {
        $checked = $codes->verifyCode($sent, new VerifyCodeRequest(['code' => $typed]));
        echo $checked->getIsValid() ? "right\n" : "wrong\n";
    } catch (ApiException $refused) { // status 403; the body has the error code
        echo 'wrong ', $refused->getResponseBody(), "\n";
    }
}
