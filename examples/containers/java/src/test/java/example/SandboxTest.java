package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

@Testcontainers
class SandboxTest {
    private static final int PORT = 5767;

    @Container
    private static final GenericContainer<?> SANDBOX =
            new GenericContainer<>(DockerImageName.parse("ghcr.io/OWNER/jsms-sandbox:0.1.0"))
                    .withExposedPorts(PORT)
                    .withEnv("JSMS_SANDBOX_CODE", "123456")
                    .waitingFor(Wait.forHttp("/_sandbox/readyz").forPort(PORT));

    @Test
    void sendsACode() throws Exception {
        String base = "http://" + SANDBOX.getHost() + ":" + SANDBOX.getMappedPort(PORT);
        String keys = "5a4db0c39e8f7a6b5c4d3e2f:6f5e4d3c2b1a0f9e8d7c6b5a";
        HttpRequest send = HttpRequest.newBuilder(URI.create(base + "/v1/codes"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(keys.getBytes()))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"mobile\": \"13800138000\", \"temp_id\": 1}"))
                .build();
        HttpResponse<String> sent = HttpClient.newHttpClient().send(send, HttpResponse.BodyHandlers.ofString());
        assertEquals(200, sent.statusCode(), sent.body());
    }
}
