package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"example/jsms"
)

// connect makes a client for one pair of credentials.
func connect(key, secret string) (*jsms.ClientWithResponses, error) {
	signIn := func(_ context.Context, request *http.Request) error {
		request.SetBasicAuth(key, secret)
		return nil
	}
	return jsms.NewClientWithResponses(os.Getenv("JSMS_BASE_URL"), jsms.WithRequestEditorFn(signIn),
		jsms.WithHTTPClient(&http.Client{Timeout: 30 * time.Second}))
}

func quickstart(ctx context.Context, mobile string) error {
	client, err := connect(os.Getenv("JSMS_APP_KEY"), os.Getenv("JSMS_MASTER_SECRET"))
	if err != nil {
		return err
	}
	sent, err := client.SendCodeWithResponse(ctx, jsms.SendCodeRequest{Mobile: mobile, TempId: 1})
	if err != nil || sent.JSON200 == nil { // with an error the SMS may still have been sent
		return fmt.Errorf("not sent: %s %w", sent.GetBody(), err)
	}
	fmt.Printf("Sent as %s. The code?\n", sent.JSON200.MsgId)
	var typed string
	fmt.Scan(&typed)
	checked, err := client.VerifyCodeWithResponse(ctx, string(sent.JSON200.MsgId), jsms.VerifyCodeRequest{Code: typed})
	if err != nil {
		return err
	}
	if checked.JSON200 == nil { // JSON403 has the error code
		fmt.Println("wrong")
		return nil
	}
	fmt.Println("right")
	return nil
}
