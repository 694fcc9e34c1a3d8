// Carries out operations: one JSON object a line on standard input, one response a line. See quickstart.go for an example.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"

	"example/jsms"
)

type request struct {
	Do         string          `json:"do"`
	MsgID      string          `json:"msg_id"`
	ScheduleID string          `json:"schedule_id"`
	TempID     int64           `json:"temp_id"`
	SignID     int64           `json:"sign_id"`
	Body       json.RawMessage `json:"body"`
	Form       string          `json:"form"`
}

type object map[string]any

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
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked request
		response := object{}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			response["failure"] = err.Error()
		} else if response, err = (driver{app, dev}).carryOut(context.Background(), asked); err != nil {
			response = object{"failure": err.Error()}
		}
		line, _ := json.Marshal(response)
		fmt.Println(string(line))
	}
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
	var refusal jsms.ErrorBody
	if json.Unmarshal(given.GetBody(), &refusal) != nil {
		return object{"status": given.StatusCode(), "code": nil}, nil
	}
	return object{"status": given.StatusCode(), "code": refusal.Error.Code}, nil
}

func parse[Body any](raw json.RawMessage) (body Body) {
	_ = json.Unmarshal(raw, &body)
	return body
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

func callback(posted string) (object, error) {
	form, err := url.ParseQuery(posted)
	if err != nil {
		return nil, err
	}
	signed := "appKey=" + os.Getenv("JSMS_APP_KEY") + "&appMasterSecret=" + os.Getenv("JSMS_MASTER_SECRET") +
		"&nonce=" + form.Get("nonce") + "&timestamp=" + form.Get("timestamp")
	digest := sha1.Sum([]byte(signed))
	given, err := hex.DecodeString(form.Get("signature"))
	if err != nil {
		return nil, err
	}
	payloads := map[string]any{
		"SMS_REPORT":   &jsms.DeliveryReport{},
		"SMS_REPLY":    &jsms.UserReply{},
		"SMS_TEMPLATE": &jsms.TemplateReview{},
		"SMS_SIGN":     &jsms.SignReview{},
	}
	data := payloads[form.Get("type")]
	if err := json.Unmarshal([]byte(form.Get("data")), data); err != nil {
		return nil, err
	}
	return object{"value": object{"genuine": hmac.Equal(digest[:], given), "data": data}}, nil
}
