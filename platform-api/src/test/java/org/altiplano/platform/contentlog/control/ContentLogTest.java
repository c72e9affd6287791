package org.altiplano.platform.contentlog.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.altiplano.platform.contentlog.entity.ContentLogSetting;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.contentlog.entity.ContentSearch;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContentLogTest {

    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final ContentSearch ALL = search(Optional.empty(), "", "", Optional.empty(), Optional.empty());

    @ParameterizedTest
    @EnumSource
    void isOffUntilATenantTurnsItOn(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        assertFalse(log.isOn("acme"));
        assertEquals(ContentLogSetting.none("acme"), log.setting("acme"));
        assertFalse(log.replace(new ContentLogSetting("acme", true, 7, 3)), "made from a version that never was");
        assertTrue(log.replace(new ContentLogSetting("acme", true, 7, 0)));
        assertFalse(log.replace(new ContentLogSetting("acme", true, 9, 0)), "somebody else was first");
        assertEquals(new ContentLogSetting("acme", true, 7, 1), log.setting("acme"));
        assertTrue(log.isOn("acme"));
        assertFalse(log.isOn("other"));
        assertTrue(log.replace(new ContentLogSetting("acme", false, 7, 1)));
        assertFalse(log.isOn("acme"), "the change holds here at once");
    }

    @ParameterizedTest
    @EnumSource
    void givesATenantItsOwnTheLatestFirstPageByPage(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        log.append(IntStream.range(0, 5).mapToObj(i -> record("acme", "r" + i, NOON.plusSeconds(i))).toList());
        log.append(List.of(record("other", "x", NOON)));
        List<ContentRecord> first = log.page("acme", ALL, 3);
        assertEquals(List.of("r4", "r3", "r2"), first.stream().map(ContentRecord::request).toList());
        assertEquals(List.of("r1", "r0"), log.page("acme", search(Optional.of(first.get(2).position()), "", "", Optional.empty(), Optional.empty()), 3).stream().map(ContentRecord::request).toList());
        assertEquals(record("acme", "r4", NOON.plusSeconds(4)), first.get(0));
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenThoughNobodySaidSoIsNotInTheWayOfWhatComesAfterIt(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        log.append(List.of(record("acme", "a", NOON)));
        log.append(List.of(record("acme", "a", NOON), record("acme", "b", NOON)));
        assertEquals(List.of("b", "a"), log.page("acme", ALL, 9).stream().map(ContentRecord::request).toList());
    }

    @ParameterizedTest
    @EnumSource
    void findsRequestsByWhoAskedWhichModelWhenAndByTheirIds(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        log.append(List.of(new ContentRecord("r1", "acme", "Ada", "", "llama-2-7b-chat", NOON, "{}"),
                new ContentRecord("r2", "acme", "bob", "", "llama-2-7b-chat", NOON.plusSeconds(60), "{}"),
                new ContentRecord("r3", "acme", "ada.lee", "", "smol_lm", NOON.plusSeconds(120), "{}"), record("other", "r4", NOON)));
        Optional<Instant> ever = Optional.empty();
        assertEquals(List.of("r3", "r1"), found(log, search(Optional.empty(), "ada", "", ever, ever)));
        assertEquals(List.of("r2", "r1"), found(log, search(Optional.empty(), "", "LLAMA", ever, ever)));
        assertEquals(List.of("r3"), found(log, search(Optional.empty(), "", "l_l", ever, ever)), "an underscore is one");
        assertEquals(List.of("r1"), found(log, search(Optional.of(record("acme", "r2", NOON.plusSeconds(60)).position()), "", "llama", ever, ever)));
        assertEquals(List.of("r2"), found(log, search(Optional.empty(), "", "", Optional.of(NOON.plusSeconds(60)), Optional.of(NOON.plusSeconds(120)))));
        assertEquals(List.of("r3", "r2", "r1"), found(log, search(Optional.empty(), "", "", Optional.of(Instant.parse("0001-01-01T00:00:00Z")),
                Optional.of(Instant.parse("9999-12-31T00:00:00Z")))));
        assertEquals(List.of(), found(log, search(Optional.empty(), "' or 1=1 --", "", ever, ever)));
        assertEquals("bob", log.find("acme", "r2").orElseThrow().owner());
        assertEquals(Optional.empty(), log.find("acme", "r4"), "another tenant's");
        assertEquals(Optional.empty(), log.find("acme", "r"));
    }

    private static ContentSearch search(Optional<String> before, String owner, String model, Optional<Instant> from, Optional<Instant> until) {
        return new ContentSearch(before, Optional.of(owner), Optional.of(model), from, until);
    }

    private static List<String> found(ContentLog log, ContentSearch search) {
        return log.page("acme", search, 9).stream().map(ContentRecord::request).toList();
    }

    @ParameterizedTest
    @EnumSource
    void keepsTextsThatAreLongOrNotWhole(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        String text = "\ud83d\ude00\u00e9\n".repeat(300_000);
        log.append(List.of(new ContentRecord("r", "acme", "ada", "", "m", NOON, text), new ContentRecord("s", "acme", "ada", "", "m", NOON, "half \ud83d")));
        assertEquals(text, log.page("acme", ALL, 2).get(1).content());
        assertEquals("half \ufffd", log.page("acme", ALL, 2).get(0).content());
    }

    @ParameterizedTest
    @EnumSource
    void deletesWhatIsOlderThanItsTenantWishes(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        log.replace(new ContentLogSetting("acme", true, 7, 0));
        log.replace(new ContentLogSetting("other", false, 30, 0));
        for (String tenant : List.of("acme", "other", "nobody")) {
            log.append(List.of(record(tenant, tenant + "-old", NOON.minus(Duration.ofDays(8))), record(tenant, tenant + "-new", NOON.minus(Duration.ofDays(6)))));
        }
        assertEquals(3, log.purge(NOON), "one of acme's, and what is nobody's wish");
        assertEquals(List.of("acme-new"), log.page("acme", ALL, 9).stream().map(ContentRecord::request).toList());
        assertEquals(2, log.page("other", ALL, 9).size(), "turned off, but its time is not over");
        assertEquals(List.of(), log.page("nobody", ALL, 9));
        log.replace(new ContentLogSetting("acme", true, 5, 1));
        assertEquals(1, log.purge(NOON), "a shorter time holds for what was written before");
        assertEquals(2, log.purge(NOON.plus(Duration.ofDays(31))));
    }

    @ParameterizedTest
    @EnumSource
    void erasesATenantsAndLeavesTheOthers(TestDatabase kind) {
        DataSource source = kind.migrated();
        ContentLog log = new ContentLog(new Database(source));
        log.append(List.of(record("acme", "a", NOON), record("acme", "b", NOON), record("other", "c", NOON)));
        assertEquals(2, log.erase("acme"));
        assertEquals(List.of(), log.page("acme", ALL, 9));
        assertEquals(1, log.page("other", ALL, 9).size());
    }

    @ParameterizedTest
    @EnumSource
    void deletesWhatIsTooMuchForOneTransaction(TestDatabase kind) {
        ContentLog log = new ContentLog(new Database(kind.migrated()));
        int all = 2 * ContentLog.DELETED_AT_ONCE + 1;
        for (int first = 0; first < all; first += 1_000) {
            log.append(IntStream.range(first, Math.min(all, first + 1_000)).mapToObj(i -> record("acme", "r" + i, NOON)).toList());
        }
        log.append(List.of(record("other", "x", NOON)));
        assertEquals(all, log.erase("acme"));
        assertEquals(1, log.purge(NOON), "what is nobody's wish");
    }

    private static ContentRecord record(String tenant, String id, Instant at) {
        return new ContentRecord(id, tenant, "ada", "k", "m", at, "{\"prompts\":[\"p\"],\"answers\":[\"a\"]}");
    }
}
