package org.altiplano.grid;

import java.util.Map;

/**
 * What a worker is called and where it is reached.
 *
 * @param id unique in the cluster, such as {@code worker-1}
 * @param grpcPort TCP port for generations, on the cluster's address; 0: any free one
 * @param grid where it meets its cluster
 */
public record WorkerSettings(String id, int grpcPort, GridSettings grid) {

    /**
     * Reads {@code ALTIPLANO_WORKER_ID} (worker-1), {@code ALTIPLANO_GRPC_PORT} (0) and the variables of
     * {@link GridSettings#fromEnvironment}.
     *
     * @throws IllegalArgumentException if one is malformed; the message names it
     */
    public static WorkerSettings fromEnvironment(Map<String, String> environment) {
        String id = GridSettings.value(environment, "ALTIPLANO_WORKER_ID", "worker-1");
        if (!id.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}")) {
            throw new IllegalArgumentException("ALTIPLANO_WORKER_ID: " + id
                    + " is no worker name (letters, digits, '.', '_' and '-', at most 63).");
        }
        int port = GridSettings.port("ALTIPLANO_GRPC_PORT", GridSettings.value(environment, "ALTIPLANO_GRPC_PORT", "0"));
        return new WorkerSettings(id, port, GridSettings.fromEnvironment(environment));
    }
}
