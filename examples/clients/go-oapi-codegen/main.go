// Carries out operations: one JSON object a line on standard input, one response a line. See quickstart.go for an example.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"os"

	"example/jsms"
)

type driver struct{ app, dev *jsms.ClientWithResponses }

func main() {
	if len(os.Args) > 1 {
		if err := quickstart(context.Background(), os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	app, _ := connect(os.Getenv("JSMS_APP_KEY"), os.Getenv("JSMS_MASTER_SECRET"))
	dev, _ := connect(os.Getenv("JSMS_DEV_KEY"), os.Getenv("JSMS_DEV_SECRET"))
	serve(func(asked request) (object, error) { return driver{app, dev}.carryOut(context.Background(), asked) })
}

type response interface {
	StatusCode() int
	GetBody() []byte
}

type responseWith[Value any] interface {
	response
	GetJSON200() *Value
}

func value[Value any](given responseWith[Value], err error) (object, error) {
	made, err := done(given, err)
	if _, isValue := made["value"]; isValue {
		made["value"] = given.GetJSON200()
	}
	return made, err
}

func done(given response, err error) (object, error) {
	if err != nil {
		return nil, err
	}
	if given.StatusCode()/100 == 2 {
		return object{"value": nil}, nil
	}
	return refusal(given.StatusCode(), given.GetBody()), nil
}

func (d driver) carryOut(ctx context.Context, asked request) (object, error) {
	switch asked.Do {
	case "sendCode":
		return value[jsms.SentMessage](d.app.SendCodeWithResponse(ctx, parse[jsms.SendCodeRequest](asked.Body)))
	case "verifyCode":
		return value[jsms.Verification](d.app.VerifyCodeWithResponse(ctx, asked.MsgID, parse[jsms.VerifyCodeRequest](asked.Body)))
	case "sendMessage":
		return value[jsms.SentMessage](d.app.SendMessageWithResponse(ctx, parse[jsms.SendMessageRequest](asked.Body)))
	case "sendMessageBatch":
		return value[jsms.BatchResult](d.app.SendMessageBatchWithResponse(ctx, parse[jsms.SendMessageBatchRequest](asked.Body)))
	case "createSchedule":
		return value[jsms.ScheduledMessage](d.app.CreateScheduleWithResponse(ctx, parse[jsms.ScheduleRequest](asked.Body)))
	case "updateSchedule":
		return value[jsms.ScheduledMessage](d.app.UpdateScheduleWithResponse(ctx, asked.ScheduleID, parse[jsms.ScheduleRequest](asked.Body)))
	case "getSchedule":
		return value[jsms.Schedule](d.app.GetScheduleWithResponse(ctx, asked.ScheduleID))
	case "deleteSchedule":
		return done(d.app.DeleteScheduleWithResponse(ctx, asked.ScheduleID))
	case "deleteTemplate":
		return done(d.app.DeleteTemplateWithResponse(ctx, asked.TempID))
	case "getAppBalance":
		return value[jsms.ApplicationBalance](d.app.GetAppBalanceWithResponse(ctx))
	case "getDevBalance":
		return value[jsms.DeveloperBalance](d.dev.GetDevBalanceWithResponse(ctx))
	case "pollReports":
		return value[[]jsms.DeliveryReport](d.app.PollReportsWithResponse(ctx))
	case "pollReplies":
		return value[[]jsms.UserReply](d.app.PollRepliesWithResponse(ctx))
	case "createSign":
		kind, form, err := signForm(asked.Body)
		if err != nil {
			return nil, err
		}
		return value[jsms.SavedSign](d.app.CreateSignWithBodyWithResponse(ctx, kind, form))
	case "getSign":
		return value[jsms.SignDetails](d.app.GetSignWithResponse(ctx, asked.SignID))
	case "deleteSign":
		return done(d.app.DeleteSignWithResponse(ctx, asked.SignID))
	case "callback":
		return callback(asked.Form)
	}
	return nil, fmt.Errorf("unknown operation %s", asked.Do)
}

// signForm writes the form of a signature; oapi-codegen leaves multipart bodies to the caller.
func signForm(raw json.RawMessage) (string, io.Reader, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range parse[object](raw) {
		if name != "idCardImage" && name != "businessLicenseImage" {
			if err := form.WriteField(name, fmt.Sprint(value)); err != nil {
				return "", nil, err
			}
			continue
		}
		picture, err := os.ReadFile(fmt.Sprint(value))
		if err != nil {
			return "", nil, err
		}
		header := map[string][]string{
			"Content-Disposition": {multipart.FileContentDisposition(name, fmt.Sprint(value))},
			"Content-Type":        {"image/png"},
		}
		part, err := form.CreatePart(header)
		if err != nil {
			return "", nil, err
		}
		if _, err := part.Write(picture); err != nil {
			return "", nil, err
		}
	}
	return form.FormDataContentType(), &body, form.Close()
}
