package org.altiplano.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.secrets.Secret;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine;

/** {@code altiplano audit}. */
@Command(name = "audit", description = "What was done to a running platform, and whether the record of it is whole.",
        subcommands = {AuditCommand.Verify.class, AuditCommand.Export.class})
final class AuditCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which of verify, export?");
    }

    /** {@code altiplano audit verify}. Checks with the key of the home, not with anything that the gateway says. */
    @Command(name = "verify", description = "Finds events that were edited, removed, put in or moved. Remembers how far it came,"
            + " so that the next time it also finds events that were removed at the end.")
    static final class Verify implements Runnable {

        @ParentCommand
        private AuditCommand audit;

        @Option(names = "--tenant", paramLabel = "T", description = "Only this tenant's events (default: all).")
        private Optional<String> tenant;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            Home home = audit.altiplano.home();
            GatewayClient gateway = GatewayClient.of(home);
            AuditKey key = key(home);
            AuditHeads heads = AuditHeads.read(home);
            List<String> chains = tenant.map(one -> List.of(one)).orElseGet(() -> heads.andThose(gateway.auditChains()));
            List<String> faults = new ArrayList<>();
            ObjectNode told = Json.object();
            for (String chain : chains) {
                ChainCheck check = new ChainCheck(chain, key, heads.of(chain));
                Optional<String> fault = check(gateway, chain, check);
                fault.ifPresentOrElse(sentence -> faults.add(chain + ": " + sentence), () -> heads.put(chain, check.seen()));
                told.putObject(chain).put("events", check.seen().sequence()).put("fault", fault.orElse(null));
                if (!json.isAsked()) {
                    audit.altiplano.terminal().print(chain + ": " + fault.orElse(check.seen().sequence() + " events, all in order"));
                }
            }
            heads.write(home);
            if (json.isAsked()) {
                audit.altiplano.terminal().print(Json.pretty(told));
            }
            if (!faults.isEmpty()) {
                throw new CommandFailure("The audit log is not whole. " + String.join(" ", faults));
            }
        }

        private static Optional<String> check(GatewayClient gateway, String chain, ChainCheck check) {
            try (BufferedReader lines = gateway.auditLines(chain)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Optional<String> fault = check.next(AuditLine.parse(line));
                    if (fault.isPresent()) {
                        return fault;
                    }
                }
                return check.end();
            } catch (IOException broken) {
                throw new CommandFailure("The gateway broke off: " + broken.getMessage(), broken);
            }
        }

        private static AuditKey key(Home home) {
            try {
                return home.secretStore().read(Secret.AUDIT_KEY, AuditKey::parse);
            } catch (IOException unreadable) {
                throw new CommandFailure(unreadable.getMessage(), unreadable);
            }
        }
    }

    /** {@code altiplano audit export}. */
    @Command(name = "export", description = "Prints all events of a tenant, or of the platform as a whole, one JSON object a line.")
    static final class Export implements Runnable {

        @ParentCommand
        private AuditCommand audit;

        @Option(names = "--tenant", paramLabel = "T", defaultValue = AuditEvent.PLATFORM,
                description = "Whose events (default: ${DEFAULT-VALUE}).")
        private String tenant;

        @Override
        public void run() {
            try (BufferedReader lines = GatewayClient.of(audit.altiplano.home()).auditLines(tenant)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    audit.altiplano.terminal().print(line);
                }
            } catch (IOException broken) {
                throw new CommandFailure("The gateway broke off: " + broken.getMessage(), broken);
            }
        }
    }
}
