// Carries out operations: one JSON object a line on standard input, one response a line. See quickstart.go for an example.
package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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

type driver struct {
	app, dev         *jsms.APIClient
	asApp, asAccount context.Context
}

func main() {
	if len(os.Args) > 1 {
		if err := quickstart(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var d driver
	d.app, d.asApp = connect(os.Getenv("JSMS_APP_KEY"), os.Getenv("JSMS_MASTER_SECRET"))
	d.dev, d.asAccount = connect(os.Getenv("JSMS_DEV_KEY"), os.Getenv("JSMS_DEV_SECRET"))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked request
		response := object{}
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			response["failure"] = err.Error()
		} else {
			response = d.carryOut(asked)
		}
		line, _ := json.Marshal(response)
		fmt.Println(string(line))
	}
}

// read makes a response line of what the generated client returned.
func read[Value any](value Value, response *http.Response, err error) object {
	if err == nil {
		return object{"value": value}
	}
	var refused *jsms.GenericOpenAPIError
	if response == nil || response.StatusCode < 300 || !errors.As(err, &refused) {
		return object{"failure": err.Error()}
	}
	var refusal jsms.ErrorBody
	if json.Unmarshal(refused.Body(), &refusal) != nil {
		return object{"status": response.StatusCode, "code": nil}
	}
	return object{"status": response.StatusCode, "code": refusal.Error.Code}
}

func done(response *http.Response, err error) object { return read[any](nil, response, err) }

func parse[Body any](raw json.RawMessage) (body Body) {
	_ = json.Unmarshal(raw, &body)
	return body
}

func (d driver) carryOut(asked request) object {
	codes, messages, schedules, signs := d.app.CodesAPI, d.app.MessagesAPI, d.app.SchedulesAPI, d.app.SignsAPI
	switch ctx := d.asApp; asked.Do {
	case "sendCode":
		return read(codes.SendCode(ctx).SendCodeRequest(parse[jsms.SendCodeRequest](asked.Body)).Execute())
	case "verifyCode":
		body := parse[jsms.VerifyCodeRequest](asked.Body)
		return read(codes.VerifyCode(ctx, asked.MsgID).VerifyCodeRequest(body).Execute())
	case "sendMessage":
		return read(messages.SendMessage(ctx).SendMessageRequest(parse[jsms.SendMessageRequest](asked.Body)).Execute())
	case "sendMessageBatch":
		body := parse[jsms.SendMessageBatchRequest](asked.Body)
		return read(messages.SendMessageBatch(ctx).SendMessageBatchRequest(body).Execute())
	case "createSchedule":
		return read(schedules.CreateSchedule(ctx).ScheduleRequest(parse[jsms.ScheduleRequest](asked.Body)).Execute())
	case "updateSchedule":
		body := parse[jsms.ScheduleRequest](asked.Body)
		return read(schedules.UpdateSchedule(ctx, asked.ScheduleID).ScheduleRequest(body).Execute())
	case "getSchedule":
		return read(schedules.GetSchedule(ctx, asked.ScheduleID).Execute())
	case "deleteSchedule":
		return done(schedules.DeleteSchedule(ctx, asked.ScheduleID).Execute())
	case "deleteTemplate":
		return done(d.app.TemplatesAPI.DeleteTemplate(ctx, asked.TempID).Execute())
	case "getAppBalance":
		return read(d.app.AccountsAPI.GetAppBalance(ctx).Execute())
	case "getDevBalance":
		return read(d.dev.AccountsAPI.GetDevBalance(d.asAccount).Execute())
	case "pollReports":
		return read(d.app.ReceiptsAPI.PollReports(ctx).Execute())
	case "pollReplies":
		return read(d.app.ReceiptsAPI.PollReplies(ctx).Execute())
	case "createSign":
		return d.createSign(parse[map[string]any](asked.Body))
	case "getSign":
		return read(signs.GetSign(ctx, asked.SignID).Execute())
	case "deleteSign":
		return done(signs.DeleteSign(ctx, asked.SignID).Execute())
	case "callback":
		return callback(asked.Form)
	}
	return object{"failure": "unknown operation " + asked.Do}
}

func (d driver) createSign(form map[string]any) object {
	text := func(name string) string { return fmt.Sprint(form[name]) }
	// The generated code reads a file once and closes it: each field has a file of its own.
	idCard, err := os.Open(text("idCardImage"))
	if err != nil {
		return object{"failure": err.Error()}
	}
	licence, err := os.Open(text("businessLicenseImage"))
	if err != nil {
		return object{"failure": err.Error()}
	}
	call := d.app.SignsAPI.CreateSign(d.asApp).Sign(text("sign")).Type_(1).LegalPersonName(text("legalPersonName"))
	call = call.LegalPersonIdNumber(text("legalPersonIdNumber")).SocialCreditCode(text("socialCreditCode"))
	return read(call.IdCardImage(idCard).BusinessLicenseImage(licence).Remark(text("remark")).Execute())
}

func callback(posted string) object {
	form, err := url.ParseQuery(posted)
	if err != nil {
		return object{"failure": err.Error()}
	}
	signed := "appKey=" + os.Getenv("JSMS_APP_KEY") + "&appMasterSecret=" + os.Getenv("JSMS_MASTER_SECRET") +
		"&nonce=" + form.Get("nonce") + "&timestamp=" + form.Get("timestamp")
	digest := sha1.Sum([]byte(signed))
	given, err := hex.DecodeString(form.Get("signature"))
	if err != nil {
		return object{"failure": err.Error()}
	}
	payloads := map[string]any{
		"SMS_REPORT":   &jsms.DeliveryReport{},
		"SMS_REPLY":    &jsms.UserReply{},
		"SMS_TEMPLATE": &jsms.TemplateReview{},
		"SMS_SIGN":     &jsms.SignReview{},
	}
	data := payloads[form.Get("type")]
	if err := json.Unmarshal([]byte(form.Get("data")), data); err != nil {
		return object{"failure": err.Error()}
	}
	return object{"value": object{"genuine": hmac.Equal(digest[:], given), "data": data}}
}
