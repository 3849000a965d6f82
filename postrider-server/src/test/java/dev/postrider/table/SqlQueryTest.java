package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a key holds, it stays between the quotes where it is put. */
final class SqlQueryTest {
  private static String query(SqlDialect dialect, String text, String key) throws ConfigException {
    KeyFormat format = new KeyFormat();
    SqlQuery query = SqlQuery.of(dialect, format.query(text));
    return format.parts(key).map(query::of).orElse("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "SQLITE | k='%s'         | a'b\\\"c | k='a''b\\\"c'",
        "PGSQL  | k='%s'         | a'b\\\"c | k='a''b\\\"c'",
        "MYSQL  | k='%s'         | a'b\\\"c | k='a''b\\\\\"c'",
        "PGSQL  | k=E'%s'        | a\\'b    | k=E'a\\\\''b'",
        "PGSQL  | k=U&'%s'       | a\\'b    | k=U&'a\\\\''b'",
        "PGSQL  | k='%s'         | a\\'     | k='a\\'''",
        "MYSQL  | k=\"%s\"       | a\"'\\   | k=\"a\"\"'\\\\\"",
        "SQLITE | k=\"%s\"       | a\"'\\   | k=\"a\"\"'\\\"",
        "MYSQL  | `%s`='x'       | a`b\\    | `a``b\\`='x'",
        "SQLITE | k=%s           | 1 OR 1   | k='1 OR 1'",
        "MYSQL  | k = %s         | \\' or 1 | k = '\\\\'' or 1'",
        "PGSQL  | f(%s, '%s')    | a'b      | f('a''b', 'a''b')",
        "MYSQL  | a='x\\'' AND k='%s' | a'b | a='x\\'' AND k='a''b'",
        "MYSQL  | a='x''' AND k='%s'  | a'b | a='x''' AND k='a''b'",
        "PGSQL  | a='x\\' AND k='%s'  | a'b | a='x\\' AND k='a''b'",
        "PGSQL  | a=E'x\\'' AND k='%s' | b\\ | a=E'x\\'' AND k='b\\'",
        "PGSQL  | $$it's$$='%s'  | a'       | $$it's$$='a'''",
        "PGSQL  | $q$it's$q$='%s' | a'      | $q$it's$q$='a'''",
        "SQLITE | [it's]='%s'    | a'       | [it's]='a'''",
        "PGSQL  | /* it's /* */ ' */ '%s' | a' | /* it's /* */ ' */ 'a'''",
        "SQLITE | k LIKE '%%%s'  | a'       | k LIKE '%a'''"
      })
  void aKeyStaysInsideItsQuotes(SqlDialect dialect, String text, String key, String expected)
      throws Exception {
    assertThat(query(dialect, text, key)).isEqualTo(expected);
  }

  @Test
  void aCommentDoesNotHideWhereTheQuotesAre() throws Exception {
    assertThat(query(SqlDialect.SQLITE, "a -- it's\n k='%s'", "x'")).endsWith("k='x'''");
    assertThat(query(SqlDialect.MYSQL, "a # it's\n k='%s'", "x'")).endsWith("k='x'''");
    assertThat(query(SqlDialect.MYSQL, "5--'a' AND k='%s'", "x'")).endsWith("k='x'''");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT v FROM t_%d",
        "SELECT E%s",
        "SELECT 1 -- %s",
        "SELECT 1 /* %s */",
        "SELECT $$%s$$",
        "SELECT $a$ $$ %s $a$",
        "SELECT E'a'%s",
        "SELECT %u%d",
        "SELECT U&%s",
        "SELECT @%s"
      })
  void aKeyThatCouldBecomeSqlIsRefusedWhenTheTableIsRead(String text) {
    assertThatThrownBy(() -> query(SqlDialect.PGSQL, text, "a@b"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("an address could change the SQL");
  }

  @Test
  void sqlitesBracketsAndMysqlsCommentsAreRefusedToo() {
    assertThatThrownBy(() -> query(SqlDialect.SQLITE, "SELECT [%s]", "a"))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> query(SqlDialect.MYSQL, "SELECT 1 # %s", "a"))
        .isInstanceOf(ConfigException.class);
  }
}
