package org.altiplano.grid;

import java.util.concurrent.CountDownLatch;
import org.altiplano.contract.RecordingListener;

/** A gateway process that keeps {@code GENERATIONS} generations under way on the model {@code MODEL}, to be killed. */
final class ScriptedGateway {

    private ScriptedGateway() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        Grid grid = Grid.join(GridSettings.fromEnvironment(System.getenv()));
        String model = System.getenv("MODEL");
        grid.place(model);
        Eventually.holds("the worker serves", () -> grid.workers().stream().anyMatch(worker -> worker.model(model).isPresent()));
        for (int i = 0; i < Integer.parseInt(System.getenv("GENERATIONS")); i++) {
            RecordingListener heard = new RecordingListener();
            grid.backend().submit(Requests.text(model, "x"), heard);
            Eventually.holds("accepted", () -> !heard.events().isEmpty());
        }
        System.out.println("UP");
        new CountDownLatch(1).await();
    }
}
