"""What developers read: the guide, the inspector of streams, the builder of embeds, the errors."""
