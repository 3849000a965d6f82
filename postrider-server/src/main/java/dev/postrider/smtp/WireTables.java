package dev.postrider.smtp;

import dev.postrider.config.ConfigException;
import dev.postrider.mail.message.ContentEdit.Place;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The opened tables that change what goes over a connection. Immutable.
 *
 * @param replyFilter {@code smtp_reply_filter}, or null
 * @param checks {@code smtp_header_checks} and the like, those that are set
 * @param ignoredKeywords {@code smtp_discard_ehlo_keyword_address_maps}, or null
 * @param pixWorkarounds {@code smtp_pix_workaround_maps}, or null
 * @param requireTls {@code smtp_requiretls_policy}
 */
public record WireTables(
    @Nullable LookupTable replyFilter,
    Map<Place, ContentChecks.Table> checks,
    @Nullable LookupTable ignoredKeywords,
    @Nullable LookupTable pixWorkarounds,
    List<RequireTls.Item> requireTls) {
  public WireTables {
    checks = Map.copyOf(checks);
    requireTls = List.copyOf(requireTls);
  }

  /** Opens the tables that the configuration names. */
  public static WireTables open(ClientConfig config, Tables tables) throws ConfigException {
    Map<Place, ContentChecks.Table> checks = new EnumMap<>(Place.class);
    add(checks, Place.HEADER, config, tables, "smtp_header_checks");
    add(checks, Place.MIME_HEADER, config, tables, "smtp_mime_header_checks");
    add(checks, Place.NESTED_HEADER, config, tables, "smtp_nested_header_checks");
    add(checks, Place.BODY, config, tables, "smtp_body_checks");
    return new WireTables(
        open(config, tables, "smtp_reply_filter"),
        checks,
        open(config, tables, "smtp_discard_ehlo_keyword_address_maps"),
        open(config, tables, "smtp_pix_workaround_maps"),
        requireTls(config, tables));
  }

  private static List<RequireTls.Item> requireTls(ClientConfig config, Tables tables)
      throws ConfigException {
    List<RequireTls.Item> items = new ArrayList<>();
    if (config.main().flag("requiretls_enable")) {
      for (String word : config.list("smtp_requiretls_policy")) {
        items.add(
            word.indexOf(':') < 0
                ? new RequireTls.Item.Word(word)
                : new RequireTls.Item.Table(tables.open(word)));
      }
    }
    return items;
  }

  private static @Nullable LookupTable open(ClientConfig config, Tables tables, String parameter)
      throws ConfigException {
    List<String> specs = config.list(parameter);
    return specs.isEmpty() ? null : tables.chain(specs);
  }

  private static void add(
      Map<Place, ContentChecks.Table> checks,
      Place place,
      ClientConfig config,
      Tables tables,
      String parameter)
      throws ConfigException {
    List<String> specs = config.list(parameter);
    if (!specs.isEmpty()) {
      checks.put(
          place,
          new ContentChecks.Table(config.dialect().parameter(parameter), tables.chain(specs)));
    }
  }
}
