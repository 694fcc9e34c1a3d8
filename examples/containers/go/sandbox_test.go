package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

const port = "5767/tcp"

func TestSendsACode(t *testing.T) {
	ctx := context.Background()
	container, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: testcontainers.ContainerRequest{
			Image:        "ghcr.io/OWNER/jsms-sandbox:0.1.0",
			ExposedPorts: []string{port},
			Env:          map[string]string{"JSMS_SANDBOX_CODE": "123456"},
			WaitingFor:   wait.ForHTTP("/_sandbox/readyz").WithPort(port),
		},
		Started: true,
	})
	testcontainers.CleanupContainer(t, container)
	if err != nil {
		t.Fatal(err)
	}
	base, err := container.PortEndpoint(ctx, port, "http")
	if err != nil {
		t.Fatal(err)
	}
	body := strings.NewReader(`{"mobile": "13800138000", "temp_id": 1}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/codes", body)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("5a4db0c39e8f7a6b5c4d3e2f", "6f5e4d3c2b1a0f9e8d7c6b5a")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("sendCode: %s", response.Status)
	}
}
