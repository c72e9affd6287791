package org.altiplano.platform.audit.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Optional;
import org.altiplano.platform.audit.control.ChainChecks;
import org.altiplano.platform.audit.entity.AuditSearch;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.Page;
import org.altiplano.platform.http.control.Search;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.ChainCheck.Seen;
import org.altiplano.security.audit.SealedEvent;

/** Audited events as JSON, and what can be asked for of them. */
final class AuditForm {

    private AuditForm() {
    }

    /** @param after sequence of the last event of the page before, empty at the beginning. @param order newest; null: oldest */
    static AuditSearch search(String after, String order, String actor, String about, String from, String to) {
        if (!after.matches("[0-9]{0,18}")) {
            throw Fields.problem("cursor", "'cursor' must be one that an earlier page gave.");
        }
        if (order != null && !order.equals("newest") && !order.equals("oldest")) {
            throw Fields.problem("order", "'order' must be newest or oldest.");
        }
        Search.Days days = Search.days(from, to);
        return new AuditSearch("newest".equals(order), after.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(after)),
                Search.part("actor", actor), Search.part("about", about), days.from(), days.until());
    }

    /** @param after where an earlier answer said that the check goes on, empty at the beginning */
    static Seen seen(String after) {
        if (after.isEmpty()) {
            return Seen.NOTHING;
        }
        if (!after.matches("[0-9]{1,18}:[0-9a-f]{64}")) {
            throw Fields.problem("cursor", "'cursor' must be one that an earlier answer gave.");
        }
        return new Seen(Long.parseLong(after.substring(0, after.indexOf(':'))), after.substring(after.indexOf(':') + 1));
    }

    static JsonObject describe(String chain, ChainChecks.Stretch stretch) {
        Seen seen = stretch.seen();
        JsonObjectBuilder json = Json.object().add("tenant", chain).add("events", seen.sequence()).add("hash", seen.hash()).add("of", stretch.of())
                .add("fault", stretch.fault().<JsonValue>map(Json::string).orElse(JsonValue.NULL));
        return (stretch.over() ? json.addNull("nextCursor") : json.add("nextCursor", Page.cursor(seen.sequence() + ":" + seen.hash()))).build();
    }

    static JsonObject describe(SealedEvent sealed) {
        AuditEvent event = sealed.event();
        return Json.object().add("tenant", event.chain()).add("sequence", event.sequence()).add("at", event.at().toString())
                .add("actor", event.actor()).add("origin", event.origin()).add("address", event.address()).add("action", event.action())
                .add("subject", event.subject()).add("status", event.status()).add("previous", event.previous())
                .add("hash", sealed.hash()).add("key", sealed.key()).add("signature", sealed.signature()).build();
    }
}
