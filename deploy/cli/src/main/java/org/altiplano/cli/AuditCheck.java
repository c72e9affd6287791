package org.altiplano.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.secrets.Secret;

/**
 * Checks the audit log of a running gateway with the key of the home, and remembers in the home how far it came; the command's
 * thread.
 */
final class AuditCheck {

    /** What was found of a chain. @param fault as a sentence */
    record Finding(long events, Optional<String> fault) {
    }

    private final Home home;
    private final GatewayClient gateway;

    AuditCheck(Home home, GatewayClient gateway) {
        this.home = home;
        this.gateway = gateway;
    }

    /** @param tenant whose chain; all there are and were, if empty */
    Map<String, Finding> run(Optional<String> tenant) {
        AuditKey key = key();
        AuditHeads heads = AuditHeads.read(home);
        Map<String, Finding> findings = new LinkedHashMap<>();
        for (String chain : tenant.map(one -> List.of(one)).orElseGet(() -> heads.andThose(gateway.auditChains()))) {
            ChainCheck check = new ChainCheck(chain, key, heads.of(chain));
            Optional<String> fault = check(chain, check);
            if (fault.isEmpty()) {
                heads.put(chain, check.seen());
            }
            findings.put(chain, new Finding(check.seen().sequence(), fault));
        }
        heads.write(home);
        return findings;
    }

    /** All that is wrong, in one text. */
    static Optional<String> faults(Map<String, Finding> findings) {
        StringBuilder faults = new StringBuilder();
        findings.forEach((chain, finding) -> finding.fault().ifPresent(fault -> faults.append(' ').append(chain).append(": ").append(fault)));
        return faults.isEmpty() ? Optional.empty() : Optional.of("The audit log is not whole." + faults);
    }

    private Optional<String> check(String chain, ChainCheck check) {
        try (AuditExport events = gateway.auditEvents(chain)) {
            for (Optional<String> line = events.next(); line.isPresent(); line = events.next()) {
                Optional<String> fault = check.next(AuditLine.parse(line.get()));
                if (fault.isPresent()) {
                    return fault;
                }
            }
            return check.end();
        } catch (IOException wrong) {
            throw new CommandFailure("The gateway answers what is no audit log: " + wrong.getMessage(), wrong);
        }
    }

    private AuditKey key() {
        try {
            return home.secretStore().read(Secret.AUDIT_KEY, AuditKey::parse);
        } catch (IOException unreadable) {
            throw new CommandFailure(unreadable.getMessage(), unreadable);
        }
    }
}
