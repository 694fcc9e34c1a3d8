// Carries out operations: one JSON object a line on standard input, one response a line. See quickstart.go for an example.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"example/jsms"
)

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
	serve(d.carryOut)
}

// read makes a response line of what the generated client returned.
func read[Value any](value Value, response *http.Response, err error) (object, error) {
	if err == nil {
		return object{"value": value}, nil
	}
	var refused *jsms.GenericOpenAPIError
	if response == nil || response.StatusCode < 300 || !errors.As(err, &refused) {
		return nil, err
	}
	return refusal(response.StatusCode, refused.Body()), nil
}

func done(response *http.Response, err error) (object, error) { return read[any](nil, response, err) }

func (d driver) carryOut(asked request) (object, error) {
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
	return nil, fmt.Errorf("unknown operation %s", asked.Do)
}

func (d driver) createSign(form map[string]any) (object, error) {
	text := func(name string) string { return fmt.Sprint(form[name]) }
	// The generated code reads a file once and closes it: each field has a file of its own.
	idCard, err := os.Open(text("idCardImage"))
	if err != nil {
		return nil, err
	}
	licence, err := os.Open(text("businessLicenseImage"))
	if err != nil {
		return nil, err
	}
	call := d.app.SignsAPI.CreateSign(d.asApp).Sign(text("sign")).Type_(1).LegalPersonName(text("legalPersonName"))
	call = call.LegalPersonIdNumber(text("legalPersonIdNumber")).SocialCreditCode(text("socialCreditCode"))
	return read(call.IdCardImage(idCard).BusinessLicenseImage(licence).Remark(text("remark")).Execute())
}
