package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"example/jsms"
)

// connect makes a client and the context that carries its credentials; each pair has a context of its own.
func connect(key, secret string) (*jsms.APIClient, context.Context) {
	configuration := jsms.NewConfiguration()
	configuration.Servers = jsms.ServerConfigurations{{URL: os.Getenv("JSMS_BASE_URL")}}
	configuration.HTTPClient = &http.Client{Timeout: 30 * time.Second}
	pair := jsms.BasicAuth{UserName: key, Password: secret}
	return jsms.NewAPIClient(configuration), context.WithValue(context.Background(), jsms.ContextBasicAuth, pair)
}

func quickstart(mobile string) error {
	client, ctx := connect(os.Getenv("JSMS_APP_KEY"), os.Getenv("JSMS_MASTER_SECRET"))
	sent, _, err := client.CodesAPI.SendCode(ctx).SendCodeRequest(*jsms.NewSendCodeRequest(mobile, 1)).Execute()
	if err != nil { // the SMS may still have been sent
		return err
	}
	fmt.Printf("Sent as %s. The code?\n", sent.MsgId)
	var typed string
	fmt.Scan(&typed)
	check := client.CodesAPI.VerifyCode(ctx, string(sent.MsgId)).VerifyCodeRequest(*jsms.NewVerifyCodeRequest(typed))
	checked, response, err := check.Execute()
	if response == nil {
		return err
	}
	if err == nil && checked.GetIsValid() {
		fmt.Println("right")
	} else { // 403; the body of the GenericOpenAPIError has the error code
		fmt.Println("wrong", err)
	}
	return nil
}
