<?php

// What Composer makes as vendor/autoload.php, with the Guzzle of Debian's package.

require_once 'GuzzleHttp/autoload.php';

spl_autoload_register(function (string $class): void {
    if (str_starts_with($class, 'Jsms\\')) {
        require_once __DIR__ . '/client/lib/' . str_replace('\\', '/', substr($class, 5)) . '.php';
    }
});
