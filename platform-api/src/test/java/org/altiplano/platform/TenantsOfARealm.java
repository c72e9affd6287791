package org.altiplano.platform;

import com.nimbusds.jwt.JWTClaimsSet;
import java.net.http.HttpRequest;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.altiplano.security.access.Role;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Owns the realm that the gateway under test trusts, whose users are the callers of one test class, and a worker that answers them. Both
 * are there from the first test on, when the application has been deployed, until the class is over.
 */
final class TenantsOfARealm implements BeforeEachCallback, AfterAllCallback {

    private final String workerId;
    private Optional<Gateway> gateway = Optional.empty();
    private Optional<TestRealm> realm = Optional.empty();

    TenantsOfARealm(String workerId) {
        this.workerId = workerId;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (realm.isEmpty()) {
            gateway = Optional.of(new Gateway(workerId));
            realm = Optional.of(new TestRealm());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        gateway.ifPresent(Gateway::close);
        realm.ifPresent(TestRealm::close);
    }

    /** A token of somebody who is this in a tenant. */
    String token(String tenant, String subject, Role role) {
        return realm.orElseThrow().token(tenant, subject, role);
    }

    String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return realm.orElseThrow().token(change);
    }

    String forged() {
        return realm.orElseThrow().forged();
    }

    static HttpRequest.Builder bearer(String path, String token) {
        return Gateway.plain(path).header("Authorization", "Bearer " + token);
    }
}
