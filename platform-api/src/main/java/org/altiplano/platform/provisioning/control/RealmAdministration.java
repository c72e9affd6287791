package org.altiplano.platform.provisioning.control;

import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.ClientRequestContext;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.signin.ServiceAccount;
import org.eclipse.microprofile.rest.client.RestClientBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Administers a Keycloak realm on the platform's behalf, and makes of its refusals problems that a caller can understand.
 * Owns the connection; any thread, which waits some seconds at most.
 */
public final class RealmAdministration {

    private static final Logger LOG = LoggerFactory.getLogger(RealmAdministration.class);
    private static final int CONNECT_SECONDS = 2;
    private static final int READ_SECONDS = 15;
    private static final Duration LATER = Duration.ofSeconds(5);

    private final KeycloakAdmin keycloak;

    /** @param address {@code https://.../admin/realms/NAME} */
    public RealmAdministration(URI address, ServiceAccount account) {
        // A class and not a lambda: the client looks for what kind of filter it is.
        keycloak = RestClientBuilder.newBuilder().baseUri(address).connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                .readTimeout(READ_SECONDS, TimeUnit.SECONDS).register(new Bearer(account)).build(KeycloakAdmin.class);
    }

    private record Bearer(ServiceAccount account) implements ClientRequestFilter {

        @Override
        public void filter(ClientRequestContext request) throws IOException {
            request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + account.token());
        }
    }

    /** What Keycloak answers; empty if there is no such thing. */
    <T> Optional<T> ask(Function<KeycloakAdmin, T> question) {
        try {
            return Optional.of(question.apply(keycloak));
        } catch (WebApplicationException e) {
            if (e.getResponse().getStatus() == 404) {
                return Optional.empty();
            }
            throw refused(e);
        } catch (ProcessingException e) {
            throw unavailable(e);
        }
    }

    /**
     * Has Keycloak do something that may have been done before.
     *
     * @return false if it was, or if what it would be done to is gone
     */
    boolean have(Consumer<KeycloakAdmin> done) {
        try {
            done.accept(keycloak);
            return true;
        } catch (WebApplicationException e) {
            int status = e.getResponse().getStatus();
            if (status == 404 || status == 409) {
                return false;
            }
            throw refused(e);
        } catch (ProcessingException e) {
            throw unavailable(e);
        }
    }

    private static ProblemException refused(WebApplicationException e) {
        int status = e.getResponse().getStatus();
        if (status == 400) {
            // Such as its password policy's words.
            return new ProblemException(new Problem(400, "invalid_request_error", "Keycloak does not accept this: " + sentence(e), Optional.empty(),
                    Optional.of("identity_provider_refused"), Optional.empty()), e);
        }
        if (status == 409) {
            return new ProblemException(new Problem(409, "invalid_request_error", "Somebody else is changing the same at this moment: ask again.",
                    Optional.empty(), Optional.of("identity_provider_busy"), Optional.empty()), e);
        }
        LOG.error("Keycloak answers {} to what the platform asks of it: {}", status, sentence(e));
        return new ProblemException(new Problem(502, "server_error", status == 401 || status == 403
                ? "Keycloak does not let the platform do this: its client altiplano-provisioner lacks a right." : "Keycloak failed to do this.",
                Optional.empty(), Optional.of("identity_provider_failed"), Optional.empty()), e);
    }

    private static String sentence(WebApplicationException e) {
        String body = e.getResponse().hasEntity() ? e.getResponse().readEntity(String.class) : "";
        return body.replaceAll("\\p{Cntrl}", " ").replaceAll("^\\{\"(?:error|errorMessage)\":\"(?:[^\"]*\",\"error_description\":\")?([^\"]*)\".*$", "$1");
    }

    private static ProblemException unavailable(ProcessingException e) {
        LOG.warn("Keycloak could not be asked: {}", e.toString());
        if (e.getCause() instanceof ServiceAccount.Unwelcome) {
            return new ProblemException(new Problem(502, "server_error", "Keycloak does not let the platform do this: the secret of its client "
                    + "altiplano-provisioner is not the one in the file secrets/keycloak-provisioner.", Optional.empty(),
                    Optional.of("identity_provider_failed"), Optional.empty()), e);
        }
        return new ProblemException(new Problem(503, "server_error",
                "Keycloak, which keeps organizations and users, does not answer. Nothing is lost: ask for the same again later.",
                Optional.empty(), Optional.of("identity_provider_unavailable"), Optional.of(LATER)), e);
    }
}
