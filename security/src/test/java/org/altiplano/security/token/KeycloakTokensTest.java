package org.altiplano.security.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeycloakTokensTest {

    private final Realm realm = new Realm();

    @Test
    void knowsTheCallerByTheIdOfItsOneOrganization() {
        Caller caller = caller(claims -> claims);
        assertEquals(Caller.unlimited("acme-id", "u-1", Caller.Origin.TOKEN, Set.of(Role.DEVELOPER)), caller);
    }

    @Test
    void takesEachRoleFromWhoeverMayGiveIt() {
        Map<String, Object> greedy = Realm.organization("acme-id", "platform-admin", "tenant-admin", "auditor", "king");
        assertEquals(Set.of(Role.TENANT_ADMIN, Role.AUDITOR), caller(claims -> claims.claim("organization", Map.of("acme", greedy))).roles());
        assertEquals(Set.of(Role.DEVELOPER, Role.PLATFORM_ADMIN),
                caller(claims -> claims.claim("groups", List.of("platform-admin", "tenant-admin"))).roles());
        assertEquals(Set.of(), caller(claims -> claims.claim("organization", Map.of("acme", Map.of("id", "acme-id")))).roles());
    }

    @Test
    void givesNoTenantToWhoeverIsInNoneOrInTwo() {
        homeless(claims -> claims.claim("organization", null));
        homeless(claims -> claims.claim("organization", Map.of()));
        homeless(claims -> claims.claim("organization", List.of("acme")));
        homeless(claims -> claims.claim("organization", "acme"));
        homeless(claims -> claims.claim("organization", Map.of("acme", Map.of("name", "Acme"))));
        homeless(claims -> claims.claim("organization", Map.of("acme", Map.of("id", 7))));
        homeless(claims -> claims.claim("organization",
                Map.of("acme", Realm.organization("acme-id"), "globex", Realm.organization("globex-id"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "ACME", "../x", "a,b", "-a"})
    void givesNoTenantToAnIdThatIsNone(String id) {
        homeless(claims -> claims.claim("organization", Map.of("acme", Realm.organization(id, "developer"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\nb", "<b>", "u\u0000"})
    void keepsOddSubjectsOutOfTheLog(String subject) {
        homeless(claims -> claims.subject(subject));
    }

    private Caller caller(UnaryOperator<JWTClaimsSet.Builder> change) {
        return assertInstanceOf(Verdict.Known.class, realm.tokens.judge(realm.token(change))).caller();
    }

    private void homeless(UnaryOperator<JWTClaimsSet.Builder> change) {
        assertInstanceOf(Verdict.Homeless.class, realm.tokens.judge(realm.token(change)));
    }
}
