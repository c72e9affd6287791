package org.altiplano.grid;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.RecordingListener;

/** A gateway process that keeps {@code GENERATIONS} generations under way on the model {@code m}, to be killed. */
final class ScriptedGateway {

    private ScriptedGateway() {
    }

    static ScriptedWorker.Remote start(String clusterName, String seed, int generations) {
        return ScriptedWorker.Remote.start(ScriptedGateway.class, Map.of("ALTIPLANO_CLUSTER_NAME", clusterName,
                "ALTIPLANO_CLUSTER_SEEDS", seed, "GENERATIONS", Integer.toString(generations)));
    }

    public static void main(String[] arguments) throws InterruptedException {
        Grid grid = Grid.join(GridSettings.fromEnvironment(System.getenv()));
        grid.place("m");
        Eventually.holds("the worker serves", () -> grid.workers().stream().anyMatch(worker -> worker.model("m").isPresent()));
        for (int i = 0; i < Integer.parseInt(System.getenv("GENERATIONS")); i++) {
            RecordingListener heard = new RecordingListener();
            grid.backend().submit(Requests.text("m", "x"), heard);
            Eventually.holds("accepted", () -> !heard.events().isEmpty());
        }
        System.out.println("UP 0 " + grid.clusterPort());
        new CountDownLatch(1).await();
    }
}
