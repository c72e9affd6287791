package org.altiplano.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import org.altiplano.engine.torch.Operators;
import org.altiplano.engine.torch.TorchRuntime;
import org.slf4j.LoggerFactory;

/**
 * The worker process. It takes all settings from its environment ({@link WorkerEnvironment}) and ends on SIGTERM, after
 * what is under way. Where it cannot start it says why in one line on stderr and ends with status 2 (a setting is
 * wrong, or the worker's name is taken), 3 (an address cannot be had) or 1 (anything else).
 */
public final class WorkerMain {

    private static final int FAILED = 1;
    private static final int WRONG_SETTING = 2;
    private static final int NO_ADDRESS = 3;

    private WorkerMain() {
    }

    public static void main(String[] arguments) {
        LoggerFactory.getLogger(WorkerMain.class); // slf4j begins here, before there are two threads that log
        Ending ending = Ending.prepare();
        try {
            WorkerEnvironment environment = WorkerEnvironment.parse(System.getenv(), Path.of(System.getProperty("user.home")));
            Operators.stageIn(environment.home().resolve("operators"));
            TorchRuntime.load();
            ending.started(Worker.start(environment, ProcessHandle.current().pid(), Instant.now()));
            Thread.currentThread().join();
        } catch (IllegalArgumentException e) {
            refuse(ending, WRONG_SETTING, e.getMessage());
        } catch (UncheckedIOException e) {
            refuse(ending, NO_ADDRESS, e.getCause().getMessage());
        } catch (IOException e) {
            refuse(ending, FAILED, "The worker cannot write its run file: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (LinkageError e) {
            refuse(ending, FAILED, "The worker cannot load libtorch: " + (e.getCause() == null ? e : e.getCause()));
        } catch (RuntimeException e) {
            refuse(ending, FAILED, "The worker cannot start: " + e);
        }
    }

    private static void refuse(Ending ending, int status, String sentence) {
        ending.failed();
        System.err.println(sentence);
        System.exit(status);
    }
}
