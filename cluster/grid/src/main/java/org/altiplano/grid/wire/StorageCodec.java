package org.altiplano.grid.wire;

import java.time.Instant;
import java.util.Optional;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.StoreJob;

/** Maps what goes into a worker's store to messages and back, without loss. Owns nothing; any thread. */
public final class StorageCodec {

    private StorageCodec() {
    }

    public static Wire.StoreRequest encode(ModelSource source) {
        Wire.StoreRequest.Builder request = Wire.StoreRequest.newBuilder().setName(source.name());
        if (source instanceof ModelSource.Folder folder) {
            Wire.StoreRequest.Folder.Builder taken = Wire.StoreRequest.Folder.newBuilder().setPath(folder.path()).setDtype(folder.dtype());
            folder.chatTemplate().ifPresent(taken::setChatTemplate);
            request.setFolder(taken);
        }
        return request.build();
    }

    /** @throws IllegalArgumentException for a source that this version does not know */
    public static ModelSource decode(Wire.StoreRequest request) {
        if (!request.hasFolder()) {
            return new ModelSource.Catalogue(request.getName());
        }
        Wire.StoreRequest.Folder folder = request.getFolder();
        return new ModelSource.Folder(request.getName(), folder.getPath(), folder.getDtype(),
                folder.hasChatTemplate() ? Optional.of(folder.getChatTemplate()) : Optional.empty());
    }

    public static Wire.StoreReply.Job encode(StoreJob job) {
        return Wire.StoreReply.Job.newBuilder().setId(job.id()).setModel(job.model()).setState(job.state().name()).setPhase(job.phase())
                .setDone(job.done()).setTotal(job.total()).setDetail(job.detail()).setStartedAtMillis(job.startedAt().toEpochMilli()).build();
    }

    public static StoreJob decode(Wire.StoreReply.Job job) {
        return new StoreJob(job.getId(), job.getModel(), StoreJob.State.valueOf(job.getState()), job.getPhase(), job.getDone(), job.getTotal(),
                job.getDetail(), Instant.ofEpochMilli(job.getStartedAtMillis()));
    }
}
