package org.altiplano.platform.database.control;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.altiplano.platform.http.control.Json;

/** The kinds of values that the tables hold, each as JSON, the same from whichever database. */
enum Cell {
    TEXT {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.string(row.getString(column));
        }

        @Override
        Object value(JsonValue json) {
            return ((JsonString) json).getString();
        }
    },
    WHOLE {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.number(BigDecimal.valueOf(row.getLong(column)));
        }

        @Override
        Object value(JsonValue json) {
            return ((JsonNumber) json).longValueExact();
        }
    },
    FRACTION {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.number(BigDecimal.valueOf(row.getDouble(column)));
        }

        @Override
        Object value(JsonValue json) {
            return ((JsonNumber) json).doubleValue();
        }
    },
    TRUTH {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return row.getBoolean(column) ? JsonValue.TRUE : JsonValue.FALSE;
        }

        @Override
        Object value(JsonValue json) {
            return json.equals(JsonValue.TRUE);
        }
    },
    TIME {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.string(row.getObject(column, OffsetDateTime.class).toString());
        }

        @Override
        Object value(JsonValue json) {
            return OffsetDateTime.parse(((JsonString) json).getString());
        }
    },
    DAY {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.string(row.getObject(column, LocalDate.class).toString());
        }

        @Override
        Object value(JsonValue json) {
            return LocalDate.parse(((JsonString) json).getString());
        }
    },
    BYTES {
        @Override
        JsonValue get(ResultSet row, int column) throws SQLException {
            return Json.string(Base64.getEncoder().encodeToString(row.getBytes(column)));
        }

        @Override
        Object value(JsonValue json) {
            return Base64.getDecoder().decode(((JsonString) json).getString());
        }
    };

    /** @throws IllegalStateException for a type that no table has had so far */
    static Cell of(int type, String typeName) {
        return switch (type) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB -> TEXT;
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT -> WHOLE;
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> FRACTION;
            case Types.BIT, Types.BOOLEAN -> TRUTH;
            case Types.DATE -> DAY;
            case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
            case Types.TIMESTAMP_WITH_TIMEZONE -> TIME;
            default -> {
                // As PostgreSQL's driver calls it.
                if (typeName.equals("timestamptz")) {
                    yield TIME;
                }
                throw new IllegalStateException("A column has the type " + typeName + ", which backups do not know.");
            }
        };
    }

    /** The value, which is not null. */
    abstract JsonValue get(ResultSet row, int column) throws SQLException;

    /** As the driver takes it. @throws RuntimeException if the JSON is no such value */
    abstract Object value(JsonValue json);

    JsonValue read(ResultSet row, int column) throws SQLException {
        row.getObject(column);
        return row.wasNull() ? JsonValue.NULL : get(row, column);
    }

    void write(PreparedStatement insert, int parameter, JsonValue json, int type) throws SQLException {
        if (json.equals(JsonValue.NULL)) {
            insert.setNull(parameter, type);
        } else {
            insert.setObject(parameter, value(json));
        }
    }
}
