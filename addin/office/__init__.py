"""Excel on Windows, Mac and the web as an Office add-in of static files: functions, task pane, manifests, generated."""
