package org.altiplano.platform.usage.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Remembered;
import org.altiplano.platform.usage.entity.Price;

/** Owns the price list in the database; any thread. A generation costs what its model did when it was submitted. */
@ApplicationScoped
public class Prices {

    /** A price, with its version, which grows with every change. */
    public record Listed(Price price, long version) {
    }

    private final Database database;
    private final Remembered<Boolean, Map<String, Listed>> remembered;

    /** For the container's proxy only. */
    protected Prices() {
        this(null);
    }

    @Inject
    public Prices(Database database) {
        this.database = database;
        remembered = new Remembered<>(always -> all(), database);
    }

    /** What a model costs, as of two seconds ago at most. */
    public Price of(String model) {
        return Optional.ofNullable(remembered.get(true).get(model)).map(Listed::price).orElse(Price.FREE);
    }

    /** The whole list, by model. */
    public Map<String, Listed> all() {
        return database.transact(connection -> {
            Map<String, Listed> prices = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement("select * from model_price"); ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    prices.put(row.getString("model"), new Listed(new Price(row.getLong("input_price"), row.getLong("cached_price"),
                            row.getLong("output_price")), row.getLong("version")));
                }
            }
            return prices;
        });
    }

    /** @param version that is replaced; absent: there was no price. @return false if that is not so any more */
    public boolean set(String model, Price price, OptionalLong version) {
        boolean done = database.transact(connection -> {
            try (PreparedStatement write = connection.prepareStatement(version.isPresent()
                    ? "update model_price set input_price = ?, cached_price = ?, output_price = ?, version = version + 1 where model = ? and version = ?"
                    : "insert into model_price (input_price, cached_price, output_price, model, version) select cast(? as bigint), cast(? as bigint),"
                    + " cast(? as bigint), cast(? as varchar(200)), cast(? as bigint) where not exists (select 1 from model_price where model = ?)")) {
                Parameters.set(write, price.input(), price.cached(), price.output(), model, version.orElse(1));
                if (version.isEmpty()) {
                    write.setString(6, model);
                }
                boolean written = write.executeUpdate() == 1;
                Changes.note(connection);
                return written;
            }
        });
        remembered.forget();
        return done;
    }

    /** @return false if this is no longer the current version */
    public boolean remove(String model, long version) {
        boolean done = database.delete("model_price", "model", model, version);
        remembered.forget();
        return done;
    }
}
