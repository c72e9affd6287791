package org.altiplano.platform.audit.boundary;

import jakarta.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.altiplano.platform.audit.entity.AuditSearch;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.SealedEvent;

/** Audited events as JSON, and what can be asked for of them. */
final class AuditForm {

    private static final int LONGEST = 200;

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
        Optional<Instant> first = day("from", from).map(AuditForm::start);
        Optional<Instant> end = day("to", to).map(day -> start(day.plusDays(1)));
        if (first.isPresent() && end.isPresent() && !first.get().isBefore(end.get())) {
            throw Fields.problem("to", "'to' must not be before 'from'.");
        }
        return new AuditSearch("newest".equals(order), after.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(after)),
                part("actor", actor), part("about", about), first, end);
    }

    private static Optional<String> part(String name, String text) {
        Optional<String> part = Optional.ofNullable(text).filter(known -> !known.isEmpty());
        if (part.filter(known -> known.length() > LONGEST).isPresent()) {
            throw Fields.problem(name, "'" + name + "' may have at most " + LONGEST + " characters.");
        }
        return part;
    }

    private static Optional<LocalDate> day(String name, String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            if (text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}")) {
                return Optional.of(LocalDate.parse(text));
            }
        } catch (DateTimeException e) {
            // Falls through to the one message.
        }
        throw Fields.problem(name, "'" + name + "' must be a day such as 2026-01-31.");
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    static JsonObject describe(SealedEvent sealed) {
        AuditEvent event = sealed.event();
        return Json.object().add("tenant", event.chain()).add("sequence", event.sequence()).add("at", event.at().toString())
                .add("actor", event.actor()).add("origin", event.origin()).add("address", event.address()).add("action", event.action())
                .add("subject", event.subject()).add("status", event.status()).add("previous", event.previous())
                .add("hash", sealed.hash()).add("key", sealed.key()).add("signature", sealed.signature()).build();
    }
}
