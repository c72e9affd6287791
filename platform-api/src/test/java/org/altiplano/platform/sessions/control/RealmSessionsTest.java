package org.altiplano.platform.sessions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.sessions.entity.RealmSession;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.SessionToken;
import org.altiplano.security.signin.Grant;
import org.altiplano.security.signin.RealmGrants;
import org.altiplano.security.token.EndedSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RealmSessionsTest {

    private static final Duration TOKEN = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofMinutes(30);

    /** Answers what a test says, one answer a question. */
    private static final class ScriptedGrants implements RealmGrants {

        private final Deque<Grant> answers = new ArrayDeque<>();
        private Runnable meanwhile = () -> { };
        private String asked = "";

        @Override
        public Grant renew(String refreshToken) {
            asked = refreshToken;
            meanwhile.run();
            return answers.remove();
        }

        @Override
        public boolean signOut(String refreshToken) {
            asked = refreshToken;
            return answers.isEmpty();
        }
    }

    private final ScriptedGrants realm = new ScriptedGrants();
    private Instant now = Instant.parse("2026-11-26T12:00:00.123456Z");

    @ParameterizedTest
    @EnumSource
    void asksTheRealmOnlyWhenTheAccessTokenHasRunOut(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        now = now.plus(TOKEN).minusSeconds(1);
        assertEquals(Set.of(Role.DEVELOPER), roles(sessions, token));
        now = now.plusSeconds(2);
        realm.answers.add(given("r2", Role.AUDITOR));
        assertEquals(Set.of(Role.AUDITOR), roles(sessions, token), "what the realm says now");
        assertEquals("r1", realm.asked);
        now = now.plus(TOKEN);
        realm.answers.add(given("r3", Role.AUDITOR));
        sessions.find(token);
        assertEquals("r2", realm.asked);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWithoutTheRealmUntilTheSessionThereWouldHaveEnded(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        now = now.plus(TOKEN);
        realm.answers.add(new Grant.Unavailable());
        assertTrue(sessions.find(token).isPresent());
        now = now.plusSeconds(10);
        assertTrue(sessions.find(token).isPresent(), "not asked again at once");
        now = now.plus(IDLE);
        assertEquals(Optional.empty(), sessions.find(token));
    }

    @ParameterizedTest
    @EnumSource
    void isOverWhenTheRealmSaysSo(TestDatabase kind) {
        for (Grant end : new Grant[] {new Grant.Refused(), new Grant.Homeless(), another()}) {
            RealmSessions sessions = sessions(kind);
            SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
            now = now.plus(TOKEN);
            realm.answers.add(end);
            assertEquals(Optional.empty(), sessions.find(token));
            assertEquals(Optional.empty(), sessions.find(token), "for good");
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneAsksAndTheOthersGoOn(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        now = now.plus(TOKEN);
        realm.answers.add(given("r2", Role.AUDITOR));
        realm.meanwhile = () -> assertEquals(Set.of(Role.DEVELOPER), roles(sessions, token));
        assertEquals(Set.of(Role.AUDITOR), roles(sessions, token));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsDoubtedIsAskedAnewAlsoWhileTheRealmIsBeingAsked(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        now = now.plus(TOKEN);
        realm.answers.add(given("r2", Role.DEVELOPER));
        realm.meanwhile = () -> {
            realm.meanwhile = () -> { };
            sessions.doubt("u-1");
        };
        sessions.find(token);
        realm.answers.add(given("r3", Role.AUDITOR));
        assertEquals(Set.of(Role.AUDITOR), roles(sessions, token));
        assertEquals("r2", realm.asked, "no token is lost over it");
    }

    @ParameterizedTest
    @EnumSource
    void endsAfterTwelveHoursHoweverLongTheRealmGoesOn(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r", Role.DEVELOPER));
        Instant last = now.plus(Duration.ofHours(12));
        while (now.plus(TOKEN).isBefore(last)) {
            now = now.plus(TOKEN);
            realm.answers.add(given("r", Role.DEVELOPER));
            assertTrue(sessions.find(token).isPresent());
        }
        now = last;
        assertEquals(Optional.empty(), sessions.find(token));
    }

    @ParameterizedTest
    @EnumSource
    void signsOutHereAndThere(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        assertNotEquals(token, sessions.open(given("r2", Role.DEVELOPER)));
        assertTrue(sessions.close(token));
        assertEquals("r1", realm.asked);
        assertEquals(Optional.empty(), sessions.find(token));
        SessionToken untold = sessions.open(given("r3", Role.DEVELOPER));
        realm.answers.add(new Grant.Unavailable());
        assertFalse(sessions.close(untold));
        assertEquals(Optional.empty(), sessions.find(untold), "here it is over all the same");
        assertTrue(sessions.close(SessionToken.generate(new SecureRandom())));
    }

    @ParameterizedTest
    @EnumSource
    void isOverAtAllGatewaysWhenTheRealmSaysSoByItself(TestDatabase kind) {
        DataSource source = kind.migrated();
        RealmSessions here = sessions(source);
        RealmSessions there = sessions(source);
        SessionToken ended = here.open(given("r1", Role.DEVELOPER));
        SessionToken another = here.open(given("r2", Role.DEVELOPER));
        assertEquals(1, here.end(message("m-1", Optional.of("s-r1"))).size());
        assertEquals(Optional.empty(), there.find(ended));
        assertTrue(there.find(another).isPresent());
        assertEquals(List.of(), there.end(message("m-2", Optional.of("s-r1"))), "nothing is left of it");
        assertEquals(1, there.end(message("m-3", Optional.empty())).size(), "all of the user's");
        assertEquals(Optional.empty(), here.find(another));
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOfTheRealmIsGoodOnce(TestDatabase kind) {
        DataSource source = kind.migrated();
        RealmSessions sessions = sessions(source);
        EndedSession all = message("m-1", Optional.empty());
        sessions.open(given("r1", Role.DEVELOPER));
        assertEquals(1, sessions.end(all).size());
        SessionToken later = sessions.open(given("r2", Role.DEVELOPER));
        assertEquals(List.of(), sessions(source).end(all), "told again at another gateway");
        assertTrue(sessions.find(later).isPresent());
        now = now.plusSeconds(200);
        sessions.end(message("m-2", Optional.of("another")));
        assertEquals(1, sessions.end(all).size(), "those that are good for nothing any more are forgotten, since none is let through to here");
    }

    @ParameterizedTest
    @EnumSource
    void asksTheRealmAboutASessionOfWhichItDoesNotKnowWhatItRestsOn(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        Grant.Given given = given("r1", Role.DEVELOPER);
        SessionToken token = sessions.open(new Grant.Given(given.caller(), given.name(), Optional.empty(), "r1", given.until(), given.ends()));
        assertEquals(List.of(), sessions.end(message("m-1", Optional.of("s-1"))));
        realm.answers.add(new Grant.Refused());
        assertEquals(Optional.empty(), sessions.find(token));
        assertEquals("r1", realm.asked);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatCrossesTheEndBringsNothingBack(TestDatabase kind) {
        RealmSessions sessions = sessions(kind);
        SessionToken token = sessions.open(given("r1", Role.DEVELOPER));
        now = now.plus(TOKEN);
        realm.answers.add(given("r2", Role.DEVELOPER));
        realm.meanwhile = () -> sessions.end(message("m-1", Optional.of("s-r1")));
        assertEquals(Optional.empty(), sessions.find(token));
        assertEquals(Optional.empty(), sessions.find(token));
    }

    private EndedSession message(String id, Optional<String> session) {
        return new EndedSession(id, now.plusSeconds(150), session, Optional.of("u-1"));
    }

    private RealmSessions sessions(DataSource source) {
        return new RealmSessions(new RealmSessionTable(new Database(source)), Optional.of(realm), new SecureRandom(), () -> now);
    }

    private RealmSessions sessions(TestDatabase kind) {
        return sessions(kind.migrated());
    }

    private Grant.Given given(String refreshToken, Role role) {
        return new Grant.Given(Caller.unlimited("acme", "u-1", Caller.Origin.SESSION, Set.of(role)), "alice", Optional.of("s-" + refreshToken), refreshToken,
                now.plus(TOKEN), now.plus(IDLE));
    }

    private Grant.Given another() {
        return new Grant.Given(Caller.unlimited("acme", "u-2", Caller.Origin.SESSION, Set.of()), "bob", Optional.of("s-r"), "r", now.plus(TOKEN), now.plus(IDLE));
    }

    private static Set<Role> roles(RealmSessions sessions, SessionToken token) {
        return sessions.find(token).map(RealmSession::caller).map(Caller::roles).orElseThrow();
    }
}
