package org.altiplano.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEProcessor;
import com.nimbusds.jose.proc.JOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import java.text.ParseException;
import java.util.Set;

/**
 * Tells what a Keycloak realm has signed from what it has not. Owns nothing but the realm's keys; any thread. Only signatures by public
 * key are accepted, only with keys of the realm that the token names: what a header offers besides is not looked at.
 */
public final class RealmSignatures {

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private static final int LONGEST = 16_384;

    private final DefaultJOSEProcessor<SecurityContext> processor = new DefaultJOSEProcessor<>();

    /** @param types what the header may say that the token is */
    RealmSignatures(SigningKeys keys, JOSEObjectTypeVerifier<SecurityContext> types) {
        processor.setJWSTypeVerifier(types);
        processor.setJWSKeySelector(selector(keys));
    }

    /** What of a header is believed: which of the realm's keys and which of the algorithms that it may be. */
    public static JWSKeySelector<SecurityContext> selector(SigningKeys keys) {
        return new JWSVerificationKeySelector<>(ALGORITHMS, keys);
    }

    /**
     * What the realm has signed.
     *
     * @param token as it was sent, whatever it is
     * @throws com.nimbusds.jose.KeySourceException if the realm's keys are not known
     * @throws BadJOSEException if the realm has not signed it
     */
    Payload open(String token) throws ParseException, BadJOSEException, JOSEException {
        if (token.length() > LONGEST) {
            throw new BadJWSException("The token is too long.");
        }
        JWSObject signed = JWSObject.parse(token);
        // Without a name every key would be tried.
        if (signed.getHeader().getKeyID() == null) {
            throw new BadJWSException("The token names no key.");
        }
        return processor.process(signed, null);
    }
}
