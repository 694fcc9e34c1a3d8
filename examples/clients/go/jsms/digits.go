package jsms

import "bytes"

// Digits is an id: a text of digits that the service has been seen to send as a number.
type Digits string

// UnmarshalJSON reads both forms.
func (digits *Digits) UnmarshalJSON(raw []byte) error {
	*digits = Digits(bytes.Trim(raw, `"`))
	return nil
}
