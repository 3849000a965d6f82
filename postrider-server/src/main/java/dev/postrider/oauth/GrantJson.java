package dev.postrider.oauth;

import dev.postrider.config.ConfigException;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A grant as a flat object of JSON, for its file. Functions only. */
final class GrantJson {
  private static final String EXTRA = "authorization_";

  private GrantJson() {}

  static byte[] write(Grant grant) {
    Map<String, String> fields = new TreeMap<>();
    IdentityProvider provider = grant.provider();
    fields.put("account", grant.account());
    fields.put("provider", provider.name());
    provider.authorization().ifPresent(uri -> fields.put("authorization_endpoint", uri.toString()));
    fields.put("token_endpoint", provider.token().toString());
    provider.device().ifPresent(uri -> fields.put("device_endpoint", uri.toString()));
    fields.put("scope", provider.scope());
    fields.put("registration", provider.registration());
    provider.extras().forEach((name, value) -> fields.put(EXTRA + "parameter_" + name, value));
    fields.put("client_id", grant.client().id());
    grant.client().secret().ifPresent(source -> fields.put("client_secret_source", source.text()));
    grant.refresh().ifPresent(token -> fields.put("refresh_token", token.text()));
    grant
        .access()
        .ifPresent(access -> {
          fields.put("access_token", access.token().text());
          fields.put("access_since", access.since().toString());
          fields.put("access_until", access.until().toString());
        });
    grant
        .problem()
        .ifPresent(problem -> {
          fields.put("problem", problem.reason());
          fields.put("problem_since", problem.since().toString());
          fields.put("problem_by_server", Boolean.toString(problem.byServer()));
        });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json =
        JsonFactory.builder()
            .build()
            .createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      fields.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  /**
   * Reads one.
   *
   * @throws IOException if the file is none that was written here; holds nothing of it
   */
  static Grant read(byte[] octets) throws IOException {
    Map<String, String> fields = FlatJson.read(new String(octets, StandardCharsets.UTF_8));
    try {
      Map<String, String> extras = new TreeMap<>();
      String prefix = EXTRA + "parameter_";
      fields.forEach((name, value) -> {
        if (name.startsWith(prefix)) {
          extras.put(name.substring(prefix.length()), value);
        }
      });
      IdentityProvider provider =
          new IdentityProvider(
              required(fields, "provider"),
              optional(fields, "authorization_endpoint").map(URI::create),
              URI.create(required(fields, "token_endpoint")),
              optional(fields, "device_endpoint").map(URI::create),
              required(fields, "scope"),
              extras,
              optional(fields, "registration").orElse(""));
      Optional<SecretSource.Stored> clientSecret = Optional.empty();
      if (optional(fields, "client_secret_source").isPresent()
          && SecretSource.parse(required(fields, "client_secret_source"))
              instanceof SecretSource.Stored stored) {
        clientSecret = Optional.of(stored);
      }
      return new Grant(
          required(fields, "account"),
          provider,
          new OAuthClient(required(fields, "client_id"), clientSecret),
          optional(fields, "refresh_token").map(Secret::of),
          fields.containsKey("access_token")
              ? Optional.of(
                  new Grant.Access(
                      Secret.of(required(fields, "access_token")),
                      Instant.parse(required(fields, "access_since")),
                      Instant.parse(required(fields, "access_until"))))
              : Optional.empty(),
          fields.containsKey("problem")
              ? Optional.of(
                  new Grant.Problem(
                      required(fields, "problem"),
                      Instant.parse(required(fields, "problem_since")),
                      Boolean.parseBoolean(required(fields, "problem_by_server"))))
              : Optional.empty());
    } catch (IllegalArgumentException | DateTimeException | ConfigException _) {
      // Without the cause, whose text may quote the file.
      throw new IOException("it is damaged");
    }
  }

  private static Optional<String> optional(Map<String, String> fields, String name) {
    return Optional.ofNullable(fields.get(name)).filter(text -> !text.isEmpty());
  }

  private static String required(Map<String, String> fields, String name) {
    return optional(fields, name).orElseThrow(() -> new IllegalArgumentException(name));
  }
}
