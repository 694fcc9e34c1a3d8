// What the drivers share: one JSON object a line on standard input, one response a line; and callbacks.
package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

func serve(carryOut func(request) (object, error)) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked request
		response := object{}
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			response, err = carryOut(asked)
		}
		if err != nil {
			response = object{"failure": err.Error()}
		}
		line, _ := json.Marshal(response)
		fmt.Println(string(line))
	}
}

// refusal makes a response line of an error of the service; a proxy's page has no code.
func refusal(status int, body []byte) object {
	var read jsms.ErrorBody
	if json.Unmarshal(body, &read) != nil {
		return object{"status": status, "code": nil}
	}
	return object{"status": status, "code": read.Error.Code}
}

func parse[Body any](raw json.RawMessage) (body Body) {
	_ = json.Unmarshal(raw, &body)
	return body
}

// callback checks a callback's signature and reads its data.
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
