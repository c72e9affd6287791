package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.altiplano.platform.models.entity.PlacedModel;

/** Owns the table of models to be served; any thread. */
@ApplicationScoped
public class PlacedModels {

    @PersistenceContext(unitName = "platform")
    private EntityManager entities;
    @Inject
    private InstantSource clock;

    @Transactional
    public Set<String> names() {
        return new TreeSet<>(entities.createQuery("select m.name from PlacedModel m", String.class).getResultList());
    }

    @Transactional
    public void add(String name) {
        if (entities.find(PlacedModel.class, name) == null) {
            entities.persist(new PlacedModel(name, clock.instant()));
        }
    }

    /** @return whether it was there */
    @Transactional
    public boolean remove(String name) {
        Optional<PlacedModel> model = Optional.ofNullable(entities.find(PlacedModel.class, name));
        model.ifPresent(entities::remove);
        return model.isPresent();
    }
}
