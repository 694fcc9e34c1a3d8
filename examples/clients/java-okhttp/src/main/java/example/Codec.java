package example;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import java.io.IOException;
import java.util.Map;
import jsms.ApiClient;

/** JSON by Gson, with the generated client's own settings for its types. */
class Codec {
  private static final Gson LINES =
      new GsonBuilder().serializeNulls().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();
  private final Gson generated;

  Codec(ApiClient client) {
    generated = client.getJSON().getGson();
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> parse(String line) {
    return (Map<String, Object>) LINES.fromJson(line, Object.class);
  }

  String write(Object response) {
    return LINES.toJson(response);
  }

  Object tree(Object value) {
    return generated.toJsonTree(value);
  }

  <T> T convert(Object value, Class<T> type) throws IOException {
    return read(LINES.toJson(value), type);
  }

  <T> T read(String text, Class<T> type) throws IOException {
    try {
      return generated.fromJson(text, type);
    } catch (JsonParseException error) {
      throw new IOException(error);
    }
  }
}
