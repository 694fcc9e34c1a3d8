package example;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import jsms.ApiClient;

/** JSON by Jackson, with the generated client's own settings for its types. */
class Codec {
  private static final ObjectMapper LINES = new ObjectMapper();
  private final ObjectMapper generated;

  Codec(ApiClient client) {
    generated = client.getObjectMapper();
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> parse(String line) throws IOException {
    return LINES.readValue(line, Map.class);
  }

  String write(Object response) throws IOException {
    return LINES.writeValueAsString(response);
  }

  Object tree(Object value) {
    return generated.valueToTree(value);
  }

  <T> T convert(Object value, Class<T> type) throws IOException {
    return read(LINES.writeValueAsString(value), type);
  }

  <T> T read(String text, Class<T> type) throws IOException {
    return generated.readValue(text, type);
  }
}
